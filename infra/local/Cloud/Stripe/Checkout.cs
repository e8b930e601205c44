using System.Text.Json;
using System.Text.Json.Nodes;

namespace Launchpad.Local.Stripe;

/// <summary>The hosted payment page: a session's address, which a browser opens and a person pays on. Whoever knows the address may
/// pay.</summary>
internal sealed class Checkout(StripeBooks books, TimeProvider time)
{
    private const string Page = "/c/pay/{id}";

    private const string NotAuthenticated =
        "We are unable to authenticate your payment method. Please choose a different payment method and try again.";

    private const int FieldMax = 200;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Page, (HttpContext http, string id) => Show(http, id, session => CheckoutPages.Pay(session, PaymentForm.Empty)));
        routes.MapPost(Page, async (HttpContext http, string id) => Answer(http, Pay(id, await ReadAsync(http))));
        routes.MapGet(Page + "/authenticate", (HttpContext http, string id) => Show(http, id, session =>
            session["_authentication"] is null ? CheckoutPages.Pay(session, PaymentForm.Empty) : CheckoutPages.Authenticate(session)));
        routes.MapPost(Page + "/authenticate", async (HttpContext http, string id) =>
            Answer(http, Authenticate(id, (await http.Request.ReadFormAsync())["outcome"] == "complete")));
    }

    // Card data and addresses of sessions stay out of caches and of other sites' logs.
    private static void Protect(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        http.Response.Headers.XFrameOptions = "DENY";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers.ContentSecurityPolicy =
            "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";
    }

    private static IResult Answer(HttpContext http, Outcome outcome)
    {
        Protect(http);
        return outcome.Next is { } next
            ? new SeeOther(next)
            : Results.Content(outcome.Html, "text/html; charset=utf-8", statusCode: outcome.Status);
    }

    private static async Task<PaymentForm> ReadAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync();
        string Field(string name) => form[name].ToString() is var value && value.Length > FieldMax ? value[..FieldMax] : value.Trim();
        return new PaymentForm(Field("email"), Field("cardNumber"), Field("cardExpiry"), Field("cardCvc"), Field("billingName"))
        {
            PromotionCode = Field("promotionCode"),
            IsForCode = form.ContainsKey("apply"),
        };
    }

    private IResult Show(HttpContext http, string id, Func<JsonObject, string> page)
    {
        var draft = books.Draft(books.Read());
        return Answer(http, draft.Find(id, Sessions.Kind) is { } session && Sessions.IsOpen(session, draft.Now)
            ? new Outcome(StatusCodes.Status200OK, page(Complete(draft, session)))
            : Closed(draft, id));
    }

    private Outcome Pay(string id, PaymentForm form)
    {
        if (form.PromotionCode.Length > 0 || form.IsForCode)
        {
            var redeemed = WhileOpen(id, (change, open) => Redeem(change, open, form));
            if (form.IsForCode || redeemed.Status != StatusCodes.Status200OK)
            {
                return redeemed;
            }

            form = form with { PromotionCode = "" };
        }

        var draft = books.Draft(books.Read());
        if (draft.Find(id, Sessions.Kind) is not { } session || !Sessions.IsOpen(session, draft.Now))
        {
            return Closed(draft, id);
        }

        var wrong = Check(Complete(draft, session), form);
        if (wrong.Count > 0)
        {
            return new(StatusCodes.Status422UnprocessableEntity, CheckoutPages.Pay(session, form with { Wrong = wrong }));
        }

        var card = TestCards.Read(form.CardNumber, form.CardExpiry);
        if (card.NeedsAuthentication)
        {
            return WhileOpen(id, (change, open) =>
            {
                open["_authentication"] = JsonSerializer.SerializeToNode(new Pending(card, form.Email, form.BillingName));
                change.Put(open);
                return new Outcome($"/c/pay/{id}/authenticate");
            });
        }

        return WhileOpen(id, (change, open) =>
        {
            if (RefusalOf(card, open) is not { } refusal)
            {
                return Payments.Complete(change, open, card, form.Email, form.BillingName);
            }

            Refuse(change, open, card, refusal);
            return new(StatusCodes.Status402PaymentRequired, CheckoutPages.Pay(session, form with { Refused = refusal.Message }));
        });
    }

    /// <summary>A code that says nothing is said to, and leaves all as it was.</summary>
    private static Outcome Redeem(Draft draft, JsonObject session, PaymentForm form)
    {
        if (Discounts.TryRedeem(draft, session, form.PromotionCode))
        {
            return new(StatusCodes.Status200OK, CheckoutPages.Pay(Complete(draft, session), form with { PromotionCode = "" }));
        }

        var wrong = new Dictionary<string, string> { ["promotionCode"] = "This code is invalid." };
        return new(StatusCodes.Status422UnprocessableEntity, CheckoutPages.Pay(Complete(draft, session), form with { Wrong = wrong }));
    }

    /// <summary>Where nothing is charged now, a card that can be kept is taken whatever becomes of its later charges.</summary>
    private static Refusal? RefusalOf(Card card, JsonObject session) => Sessions.IsFree(session) && card.LaterCharges == "fail" ? null : card.Refusal;

    private static void Refuse(Draft draft, JsonObject session, Card card, Refusal refusal)
    {
        if (Sessions.IsFree(session))
        {
            SetupIntents.Fail(draft, session, card, refusal);
        }
        else
        {
            Charges.Fail(draft, session, session.Number("amount_total"), Customers.Face(card), refusal, card.Risk);
        }
    }

    private Outcome Authenticate(string id, bool approved) => WhileOpen(id, (draft, session) =>
    {
        if (session["_authentication"].Deserialize<Pending>() is not { } pending)
        {
            return new Outcome($"/c/pay/{id}");
        }

        session.Remove("_authentication");
        var refused = approved ? pending.Card.Refusal?.Message : NotAuthenticated;
        if (refused is null)
        {
            return Payments.Complete(draft, session, pending.Card, pending.Email, pending.Name);
        }

        draft.Put(session);
        if (approved)
        {
            Refuse(draft, session, pending.Card, pending.Card.Refusal!);
        }

        var form = PaymentForm.Empty with { Email = pending.Email, BillingName = pending.Name, Refused = refused };
        return new(StatusCodes.Status402PaymentRequired, CheckoutPages.Pay(Complete(draft, session), form));
    });

    // Whoever comes second, by a double click or a second tab, finds the session paid and is sent on like the first.
    private Outcome WhileOpen(string id, Func<Draft, JsonObject, Outcome> change)
    {
        Outcome? outcome = null;
        books.Change(draft => outcome = draft.Find(id, Sessions.Kind) is { } session && Sessions.IsOpen(session, draft.Now)
            ? change(draft, session)
            : Closed(draft, id));
        return outcome!;
    }

    private static Outcome Closed(Draft draft, string id) => draft.Find(id, Sessions.Kind) switch
    {
        null => new(StatusCodes.Status404NotFound, CheckoutPages.Message(
            "Something went wrong", "The page you were looking for could not be found.", null)),
        var session when session.Text("status") == "complete" => new(Payments.SuccessUrl(session)),
        var session => new(StatusCodes.Status410Gone, CheckoutPages.Message(
            "This checkout session has expired", "Nothing was charged. Go back and start again.", session.Text("cancel_url"))),
    };

    /// <summary>With the address of the customer it belongs to, which the page shows and does not let anybody change.</summary>
    private static JsonObject Complete(Draft draft, JsonObject session)
    {
        session["customer_email"] ??= draft.Find(session.Text("customer"), Customers.Kind)?["email"]?.DeepClone();
        return session;
    }

    private Dictionary<string, string> Check(JsonObject session, PaymentForm form)
    {
        var wrong = TestCards.Check(form.CardNumber, form.CardExpiry, form.CardCvc, time.GetUtcNow());
        if (session.Text("customer_email") is null && !Form.IsEmail(form.Email))
        {
            wrong["email"] = "Your email is invalid.";
        }

        if (form.BillingName.Length == 0)
        {
            wrong["billingName"] = "Enter the name on the card.";
        }

        return wrong;
    }

    private sealed record Pending(Card Card, string Email, string Name);

    // 303 rather than 302: the next request is a GET whatever this one was.
    private sealed class SeeOther(string location) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = location;
            return Task.CompletedTask;
        }
    }
}

/// <summary>What a step of the payment ends in: a page, or the next address.</summary>
internal sealed record Outcome(int Status, string Html, string? Next = null)
{
    public Outcome(string next)
        : this(StatusCodes.Status303SeeOther, "", next)
    {
    }
}

/// <summary>What was typed. The card itself is never shown again nor kept.</summary>
internal sealed record PaymentForm(string Email, string CardNumber, string CardExpiry, string CardCvc, string BillingName)
{
    public static readonly PaymentForm Empty = new("", "", "", "", "");

    public string PromotionCode { get; init; } = "";

    /// <summary>Its code is to be looked at, and nothing paid yet.</summary>
    public bool IsForCode { get; init; }

    public IReadOnlyDictionary<string, string> Wrong { get; init; } = new Dictionary<string, string>();

    public string? Refused { get; init; }
}
