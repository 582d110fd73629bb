/* 可选增强；关闭脚本时全部页面仍可使用。无行内脚本，符合 script-src 'self'。 */
(function () {
  'use strict';
  var root = document.documentElement;
  root.setAttribute('data-script', '1');

  /* 字号：免刷新切换，服务器下次按 cookie 输出 */
  function setSize(v) {
    if (v === 'l' || v === 'xl') root.setAttribute('data-size', v); else root.removeAttribute('data-size');
    document.cookie = 'size=' + v + ';path=/;max-age=31536000;samesite=lax';
    document.querySelectorAll('a[data-size]').forEach(function (a) {
      if (a.dataset.size === v) a.setAttribute('aria-current', 'true'); else a.removeAttribute('aria-current');
    });
  }
  document.addEventListener('click', function (e) {
    var a = e.target.closest('a[data-size]');
    if (a) { e.preventDefault(); setSize(a.dataset.size); return; }
    var b = e.target.closest('[data-do="print"]');
    if (b) { e.preventDefault(); window.print(); }
  });

  /* 打印时展开折叠内容 */
  window.addEventListener('beforeprint', function () {
    document.querySelectorAll('details:not([open])').forEach(function (d) { d.open = true; d.dataset.wasClosed = '1'; });
  });
  window.addEventListener('afterprint', function () {
    document.querySelectorAll('details[data-was-closed]').forEach(function (d) { d.open = false; });
  });

  /* 上传：逐个文件显示进度。不支持时表单照常整批提交 */
  function upload(form) {
    var input = form.querySelector('input[type=file]'), zone = form.querySelector('.drop'), list = form.querySelector('.up-list');
    var note = form.querySelector('[data-note]'), max = Number(form.dataset.max), busy = false;
    if (!input || !zone || !list || !window.FormData) return;
    form.querySelector('[data-submit]').hidden = true;
    function row(f) {
      var li = document.createElement('li'), name = document.createElement('span'), bar = document.createElement('progress'), st = document.createElement('span');
      name.textContent = f.name; bar.className = 'bar'; bar.max = 100; bar.value = 0; st.textContent = '等待';
      bar.setAttribute('aria-label', f.name + '上传进度');
      li.append(name, bar, st); list.appendChild(li);
      return { set: function (t, p, done) { st.textContent = t; if (p !== null) bar.value = p; if (done) bar.classList.add('is-done'); } };
    }
    function send(batch, f, r) {
      return new Promise(function (ok) {
        if (f.size > max) { r.set('太大，没有上传', null); ok(false); return; }
        var x = new XMLHttpRequest(), d = new FormData();
        d.append('files', f, f.name);
        x.open('POST', form.action + '?batch=' + encodeURIComponent(batch));
        x.setRequestHeader('Accept', 'application/json');
        x.upload.onprogress = function (e) { if (e.lengthComputable) r.set('上传中', e.loaded / e.total * 100); };
        x.onload = function () {
          var a = {};
          try { a = JSON.parse(x.responseText); } catch (e) { a = {}; }
          if (x.status >= 200 && x.status < 300 && a.items && a.items[0]) r.set(a.items[0].text, 100, !a.items[0].refused);
          else r.set(a.message || '没有传上去，请重试', null);
          ok(x.status < 300);
        };
        x.onerror = function () { r.set('网络中断，请重试', null); ok(false); };
        x.send(d);
      });
    }
    function start(files) {
      if (busy || !files.length) return;
      busy = true; list.hidden = false;
      var all = Array.prototype.slice.call(files), next = 0, done = 0, kept = 0;
      var rows = all.map(row);
      fetch(form.dataset.batches, { method: 'POST', headers: { Accept: 'application/json' } }).then(function (r) {
        if (!r.ok) throw new Error('batch');
        return r.json();
      }).then(function (b) {
        function work() {
          if (next >= all.length) return Promise.resolve();
          var i = next++;
          return send(b.id, all[i], rows[i]).then(function (ok) {
            done++; if (ok) kept++;
            note.textContent = '已处理 ' + done + ' / ' + all.length + ' 个文件';
            return work();
          });
        }
        return Promise.all([work(), work(), work()]).then(function () { if (kept > 0) location.assign(b.url); else busy = false; });
      }).catch(function () { busy = false; note.textContent = '没有连上服务器，请稍后再试'; });
    }
    input.addEventListener('change', function () { start(input.files); });
    ['dragenter', 'dragover'].forEach(function (t) { zone.addEventListener(t, function (e) { e.preventDefault(); zone.classList.add('is-over'); }); });
    ['dragleave', 'drop'].forEach(function (t) { zone.addEventListener(t, function () { zone.classList.remove('is-over'); }); });
    zone.addEventListener('drop', function (e) { e.preventDefault(); start(e.dataTransfer.files); });
  }
  document.querySelectorAll('form[data-upload]').forEach(upload);

  /* 一批文件的读取进度：有变化才换内容 */
  var batch = document.querySelector('[data-poll]');
  if (batch) {
    var seen = batch.dataset.pending;
    var timer = setInterval(function () {
      fetch(batch.dataset.poll, { headers: { Accept: 'application/json' } }).then(function (r) { return r.json(); }).then(function (s) {
        if (String(s.pending) === seen) return null;
        seen = String(s.pending);
        if (s.pending === 0) clearInterval(timer);
        return fetch(location.href).then(function (r) { return r.text(); }).then(function (t) {
          var now = new DOMParser().parseFromString(t, 'text/html').getElementById('batch');
          var old = document.getElementById('batch');
          if (now && old) old.replaceWith(now);
        });
      }).catch(function () { /* 下一轮再试 */ });
    }, 1000);
  }
}());
