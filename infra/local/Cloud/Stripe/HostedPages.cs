using System.Text;
using System.Text.Json.Nodes;

namespace Launchpad.Local.Stripe;

/// <summary>billing.stripe.com and invoice.stripe.com: the customer portal, and each invoice as a page that it can be paid on. Whoever knows
/// an address may.</summary>
internal sealed class HostedPages(StripeBooks books)
{
    private const string PortalPage = "/p/session/{secret}";
    private const string InvoicePage = "/i/{secret}";
    private const string Refused = "Your card was declined.";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(PortalPage, (HttpContext http, string secret) => Answer(http, Read(Portal.Kind, secret, Manage)));
        routes.MapPost(PortalPage, async (HttpContext http, string secret) =>
        {
            var form = await http.Request.ReadFormAsync();
            return Answer(http, Change(Portal.Kind, secret, (draft, session) => Use(draft, session, form)));
        });
        routes.MapGet(InvoicePage, (HttpContext http, string secret) => Answer(http, Read(Invoices.Kind, secret, (_, invoice) => Show(invoice))));
        routes.MapPost(InvoicePage, (HttpContext http, string secret) => Answer(http, Change(Invoices.Kind, secret, Pay)));
        routes.MapGet(InvoicePage + "/pdf", (string secret) => Find(books.Draft(books.Read()), Invoices.Kind, secret) is { } invoice
            ? Results.File(InvoicePdf.Of(Lines(invoice)), "application/pdf", $"{invoice.Text("number")}.pdf")
            : Results.NotFound());
    }

    private static IResult Answer(HttpContext http, (int Status, string Html) page)
    {
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        http.Response.Headers.ContentSecurityPolicy =
            "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";
        return Results.Content(page.Html, "text/html; charset=utf-8", Encoding.UTF8, page.Status);
    }

    private (int, string) Read(string kind, string secret, Func<Draft, JsonObject, string> page)
    {
        var draft = books.Draft(books.Read());
        return Find(draft, kind, secret) is { } found ? (StatusCodes.Status200OK, page(draft, found)) : Gone;
    }

    private (int, string) Change(string kind, string secret, Func<Draft, JsonObject, (int, string)> change)
    {
        var answer = Gone;
        books.Change(draft => answer = Find(draft, kind, secret) is { } found ? change(draft, found) : Gone);
        return answer;
    }

    private static JsonObject? Find(Draft draft, string kind, string secret) =>
        draft.All(kind).FirstOrDefault(item => item.Text("_secret") == secret);

    private static (int Status, string Html) Gone => (
        StatusCodes.Status404NotFound,
        CheckoutPages.Message("Something went wrong", "The page you were looking for could not be found.", null));

    /// <summary>Another card, which also pays what is open.</summary>
    private static (int, string) Use(Draft draft, JsonObject session, IFormCollection form)
    {
        string Field(string name) => form[name].ToString().Trim();
        var wrong = TestCards.Check(Field("cardNumber"), Field("cardExpiry"), Field("cardCvc"), draft.Now);
        if (wrong.Count > 0)
        {
            return (StatusCodes.Status422UnprocessableEntity, Manage(draft, session, PaymentForm.Empty with { Wrong = wrong }));
        }

        var card = TestCards.Read(Field("cardNumber"), Field("cardExpiry"));
        if (card.Refusal is { } refusal && card.LaterCharges == "succeed")
        {
            return (StatusCodes.Status402PaymentRequired, Manage(draft, session, PaymentForm.Empty with { Refused = refusal.Message }));
        }

        Portal.UseCard(draft, Customer(draft, session), card, Field("billingName"));
        foreach (var invoice in Open(draft, session).ToList())
        {
            Invoices.Charge(draft, invoice);
        }

        return (StatusCodes.Status200OK, Manage(draft, session));
    }

    private static (int, string) Pay(Draft draft, JsonObject invoice) =>
        invoice.Text("status") != "open" || Invoices.Charge(draft, invoice)
            ? (StatusCodes.Status200OK, Show(invoice))
            : (StatusCodes.Status402PaymentRequired, Show(invoice, Refused));

    private static JsonObject Customer(Draft draft, JsonObject session) => draft.Get(session.Text("customer")!, Customers.Kind);

    private static IEnumerable<JsonObject> Open(Draft draft, JsonObject session) => draft.All(Invoices.Kind)
        .Where(invoice => invoice.Text("customer") == session.Text("customer") && invoice.Text("status") == "open" && (bool)invoice["auto_advance"]!);

    private static string Manage(Draft draft, JsonObject session) => Manage(draft, session, PaymentForm.Empty);

    private static string Manage(Draft draft, JsonObject session, PaymentForm form)
    {
        var method = (string?)Customer(draft, session)["invoice_settings"]!["default_payment_method"]
            ?? draft.All(Subscriptions.Kind).FirstOrDefault(one => one.Text("customer") == session.Text("customer"))?.Text("default_payment_method");
        var card = draft.Find(method, "payment_method")?["card"];
        var invoices = draft.All(Invoices.Kind).Where(invoice => invoice.Text("customer") == session.Text("customer"));
        return CheckoutPages.Document("Billing", $"""
            <main class="bank"><section aria-labelledby="manage">
              <p class="badge">TEST MODE</p>
              <h1 id="manage">Manage your billing</h1>
              {(form.Refused is null ? "" : $"""<p class="refused" role="alert">{CheckoutPages.Text(form.Refused)}</p>""")}
              <p>{(card is null ? "No card is on file." : CheckoutPages.Text($"{card["brand"]} •••• {card["last4"]}"))}</p>
              <form method="post" novalidate>
                {CheckoutPages.Field(form, "cardNumber", "Card number", "", "inputmode='numeric' autocomplete='cc-number' maxlength='24'")}
                {CheckoutPages.Field(form, "cardExpiry", "Expiry (MM / YY)", "", "inputmode='numeric' autocomplete='cc-exp' maxlength='9'")}
                {CheckoutPages.Field(form, "cardCvc", "CVC", "", "inputmode='numeric' autocomplete='cc-csc' maxlength='4'")}
                <button type="submit">Update card</button>
              </form>
              <ul class="lines">{string.Concat(invoices.Select(Row))}</ul>
              {(session.Text("return_url") is { } back ? $"""<a class="button" href="{CheckoutPages.Text(back)}">Return to Launchpad</a>""" : "")}
            </section></main>
            """);
    }

    private static string Row(JsonObject invoice) => $"""
        <li><a href="{CheckoutPages.Text(invoice.Text("hosted_invoice_url")!)}">{CheckoutPages.Text(invoice.Text("number")!)}</a>
        <span>{Total(invoice)}, {CheckoutPages.Text(invoice.Text("status")!)}</span></li>
        """;

    private static string Show(JsonObject invoice, string? refused = null) => CheckoutPages.Document("Invoice", $"""
        <main class="bank"><section aria-labelledby="invoice">
          <p class="badge">TEST MODE</p>
          <h1 id="invoice">Invoice {CheckoutPages.Text(invoice.Text("number")!)}</h1>
          {(refused is null ? "" : $"""<p class="refused" role="alert">{refused}</p>""")}
          <ul class="lines">{string.Concat(Lines(invoice).Select(line => $"<li>{CheckoutPages.Text(line)}</li>"))}</ul>
          {(invoice.Text("status") == "open" ? $"""<form method="post"><button type="submit">Pay {Total(invoice)}</button></form>""" : "")}
          <a class="button" href="{CheckoutPages.Text(invoice.Text("invoice_pdf")!)}">Download</a>
        </section></main>
        """);

    private static string Total(JsonObject invoice) => CheckoutPages.Money(invoice.Number("amount_due"), invoice.Text("currency")!);

    private static IReadOnlyList<string> Lines(JsonObject invoice) =>
    [
        $"Invoice {invoice.Text("number")}, {invoice.Text("status")}",
        .. invoice["lines"]!["data"]!.AsArray().Select(line =>
            $"{line!["description"]}: {CheckoutPages.Money(line.AsObject().Number("amount"), invoice.Text("currency")!)}"),
        .. (invoice["total_discount_amounts"]?.AsArray() ?? []).Select(discount =>
            $"Discount: -{CheckoutPages.Money(discount!.AsObject().Number("amount"), invoice.Text("currency")!)}"),
        $"Amount due: {Total(invoice)}",
    ];
}
