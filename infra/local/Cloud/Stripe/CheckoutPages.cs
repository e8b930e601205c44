using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Launchpad.Local.Stripe;

/// <summary>The HTML of the payment page: no script, no file from elsewhere, and readable without sight.</summary>
internal static class CheckoutPages
{
    public static string Pay(JsonObject session, PaymentForm form)
    {
        var email = session.Text("customer_email");
        return Document("Checkout", $"""
            <main class="checkout">
              {Order(session)}
              <section class="payment" aria-label="Payment">
                {(form.Refused is null ? "" : $"""<p class="refused" role="alert">{Text(form.Refused)}</p>""")}
                <form method="post" action="/c/pay/{Text(session.Id())}" autocomplete="on" novalidate>
                  <h2>Contact information</h2>
                  {(email is null
                      ? Field(form, "email", "Email", form.Email, "type='email' autocomplete='email' placeholder='email@example.com'")
                      : Fixed("email", "Email", email))}
                  <h2>Payment method</h2>
                  {Field(form, "cardNumber", "Card number", "",
                      "inputmode='numeric' autocomplete='cc-number' placeholder='1234 1234 1234 1234' maxlength='24'")}
                  <div class="pair">
                    {Field(form, "cardExpiry", "Expiry (MM / YY)", "",
                        "inputmode='numeric' autocomplete='cc-exp' placeholder='MM / YY' maxlength='9'")}
                    {Field(form, "cardCvc", "CVC", "", "inputmode='numeric' autocomplete='cc-csc' placeholder='CVC' maxlength='4'")}
                  </div>
                  {Field(form, "billingName", "Cardholder name", form.BillingName,
                      "autocomplete='cc-name' placeholder='Full name on card' maxlength='120'")}
                  <button type="submit">{(Sessions.TrialDaysOf(session) is null ? "Subscribe" : "Start trial")}</button>
                  <p class="terms">{Terms(session)}</p>
                  {(Discounts.AreTaken(session) ? Code(session, form) : "")}
                </form>
              </section>
            </main>
            """);
    }

    public static string Authenticate(JsonObject session) => Document("Confirm payment", $"""
        <main class="bank">
          <section aria-labelledby="bank">
            <p class="badge">TEST BANK</p>
            <h1 id="bank">Confirm your payment</h1>
            <p>Your bank asks you to approve {(session.Number("amount_total") == 0
                ? "later payments"
                : $"a payment of <strong>{Price(session)}</strong>")} for {Text(Name(session))}.</p>
            <form method="post" action="/c/pay/{Text(session.Id())}/authenticate">
              <button type="submit" name="outcome" value="complete">Complete authentication</button>
              <button type="submit" name="outcome" value="fail" class="plain">Fail authentication</button>
            </form>
          </section>
        </main>
        """);

    public static string Message(string title, string text, string? back) => Document(title, $"""
        <main class="bank">
          <section>
            <h1>{Text(title)}</h1>
            <p>{Text(text)}</p>
            {(back is null ? "" : $"""<a class="button" href="{Text(back)}">Go back</a>""")}
          </section>
        </main>
        """);

    private static string Order(JsonObject session) => $"""
        <section class="order" aria-label="Order">
          {(session.Text("cancel_url") is { } cancel
              ? $"""<a class="back" href="{Text(cancel)}"><span aria-hidden="true">←</span> Cancel and go back</a>"""
              : "")}
          <div><p class="badge">TEST MODE</p></div>
          {(Sessions.TrialDaysOf(session) is { } days
              ? $"""
                  <h1>Try {Text(Name(session))}</h1>
                  <p class="price"><span class="amount">{days} days free</span> <span class="period">then {Full(session)} {Every(session)}</span></p>
                  """
              : $"""
                  <h1>Subscribe to {Text(Name(session))}</h1>
                  <p class="price"><span class="amount">{Price(session)}</span> <span class="period">{Every(session)}</span></p>
                  """)}
          <ul class="lines">
            {string.Concat(Sessions.Lines(session).Select(Line))}
            {(session.Text("_discount") is { } discount
                ? $"<li><span>{Text(discount)}</span><span>-{Money(session["total_details"]!.AsObject().Number("amount_discount"), session.Text("currency")!)}</span></li>"
                : "")}
            <li class="total"><span>Total due today</span><span>{Price(session)}</span></li>
          </ul>
        </section>
        """;

    private static string Terms(JsonObject session)
    {
        var full = $"{Full(session)} {Every(session)}{(session.Text("_discount") is null ? "" : ", before discounts,")}";
        return Sessions.TrialDaysOf(session) is { } days
            ? $"You will be charged {full} beginning in {days} days, unless you cancel before."
            : $"You will be charged {Price(session)} now and {full} from then on, until you cancel.";
    }

    // After the button that pays, which is the one that the Enter key presses.
    private static string Code(JsonObject session, PaymentForm form) => $"""
        <div class="code">
          {Field(form, "promotionCode", session.Text("_discount") is null ? "Promotion code" : "Another promotion code", form.PromotionCode,
              "autocomplete='off' maxlength='60'")}
          <button type="submit" name="apply" value="code" class="plain">Apply</button>
        </div>
        """;

    private static string Line(JsonObject line)
    {
        var each = Money(line["price"]!.AsObject().Number("unit_amount"), line.Text("currency")!);
        var quantity = line.Number("quantity") == 1 ? "" : $"""<small>Qty {line.Number("quantity")}, {each} each</small>""";
        var total = Money(line.Number("amount_subtotal"), line.Text("currency")!);
        return $"<li><span>{Text(line.Text("description")!)}{quantity}</span><span>{total}</span></li>";
    }

    public static string Field(PaymentForm form, string name, string label, string value, string attributes)
    {
        var wrong = form.Wrong.GetValueOrDefault(name);
        var (state, message) = wrong is null
            ? ("", "")
            : ($"aria-invalid=\"true\" aria-describedby=\"{name}-error\"", $"""<p class="error" id="{name}-error">{Text(wrong)}</p>""");
        return $"""
            <div class="field"><label for="{name}">{label}</label>
            <input id="{name}" name="{name}" value="{Text(value)}" {(name == "promotionCode" ? "" : "required")} {attributes} {state}>{message}</div>
            """;
    }

    private static string Fixed(string name, string label, string value) => $"""
        <div class="field"><span class="label" id="{name}-label">{label}</span>
        <p class="fixed" aria-labelledby="{name}-label">{Text(value)}</p></div>
        """;

    private static string Name(JsonObject session) =>
        string.Join(" and ", Sessions.Lines(session).Select(line => line.Text("description")));

    private static string Price(JsonObject session) => Money(session.Number("amount_total"), session.Text("currency")!);

    /// <summary>Of a whole period, before any discount.</summary>
    private static string Full(JsonObject session) => Money(
        Sessions.Lines(session).Sum(line => line["price"]!.AsObject().Number("unit_amount") * line.Number("quantity")), session.Text("currency")!);

    private static string Every(JsonObject session)
    {
        var recurring = Sessions.Lines(session).First()["price"]!["recurring"]!.AsObject();
        var (count, interval) = (recurring.Number("interval_count"), recurring.Text("interval"));
        return count == 1 ? $"per {interval}" : $"every {count} {interval}s";
    }

    public static string Money(long amount, string currency)
    {
        var value = (amount / 100m).ToString("#,0.00", CultureInfo.InvariantCulture);
        return currency switch
        {
            "usd" => "$" + value,
            "eur" => "€" + value,
            "gbp" => "£" + value,
            _ => $"{value} {Text(currency.ToUpperInvariant())}",
        };
    }

    public static string Text(string text) => WebUtility.HtmlEncode(text);

    public static string Document(string title, string body) => $"""
        <!doctype html>
        <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <meta name="robots" content="noindex">
          <link rel="icon" href="data:,">
          <title>{Text(title)}</title>
          <style>{CheckoutStyle.Css}</style>
        </head>
        <body>
        {body}
        </body>
        </html>
        """;
}
