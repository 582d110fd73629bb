// Package ui is the kit that all pages are made of: the shells, the components, forms, the style sheet and the script,
// rendering, what keeps pages safe, and how errors are told.
//
// # A page
//
// A handler returns an error; the site tells it. It asks for a Page and renders a component that begins with a shell:
//
//	func (d *Desk) agency(w http.ResponseWriter, r *http.Request) error {
//		a, err := d.agencies.Agency(r.Context(), agency.ID(r.PathValue("id")))
//		if err != nil {
//			return err
//		}
//		return d.site.Render(w, r, http.StatusOK, agencyPage(d.site.NewPage(r, a.Name, "agencies"), a))
//	}
//
//	templ agencyPage(p ui.Page, a agency.Agency) {
//		@ui.Desk(p) {
//			...
//		}
//	}
//
// Desk is for staff, Portal for everybody, Plain for signing in, Print for paper. Who is looking comes from the context:
// the middleware that knows it calls WithViewer, WithMenu and SetActor, and NewPage picks it up.
//
// # A form
//
// A page with a form has two handlers. GET shows it; POST reads it, does what is asked, and either leaves with Done or
// shows it again with all that was typed and what to do about it:
//
//	func (d *Desk) rename(w http.ResponseWriter, r *http.Request) error {
//		f, err := ui.ReadForm(w, r)
//		if err != nil {
//			return err
//		}
//		name := f.Text("name", "机关名称", ui.Required(), ui.MaxLen(60))
//		since := f.Date("since", "启用日期")
//		if f.OK() {
//			err = f.Fail("name", d.agencies.Rename(r.Context(), id, name, since))
//			if err != nil {
//				return err
//			}
//		}
//		if !f.OK() {
//			return d.site.Invalid(w, r, renamePage(d.site.NewPage(r, "改名称", "agencies"), f))
//		}
//		ui.Done(w, r, "/desk/agencies", "已改名称")
//		return nil
//	}
//
//	@ui.FormCard(f, ui.FormSpec{Action: "/desk/agencies/" + id}) {
//		@ui.TextField(f, ui.Field{Name: "name", Label: "机关名称", Hint: "写全称，与印章一致。"})
//		@ui.DateField(f, ui.Field{Name: "since", Label: "启用日期", Optional: true})
//		@ui.Buttons(ui.Actions{Text: "保存", Back: ui.Link{Href: "/desk/agencies", Text: "不改了"}})
//	}
//
// No page needs a token against forged forms: Secure refuses all but reading from other sites. So GET and HEAD must
// never change anything.
//
// # Around the pages
//
//	handler = ui.RequestLog(log)(site.Secure(signedIn(mux)))
//
// Every component in every state is on the page of Gallery, and the tests in browsertest look at it.
package ui
