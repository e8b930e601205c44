using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Launchpad.Local.Stripe;

/// <summary>One operation of the API: which parameters it knows, and what it does.</summary>
internal sealed record StripeRoute(string Method, string Pattern, IReadOnlyList<string> Parameters, Func<StripeCall, JsonObject> Handle)
{
    public static readonly IReadOnlyList<string> Paging = ["limit", "starting_after", "ending_before", "expand.*"];
}

/// <summary>What every operation has in common: who may call it, how parameters arrive, what a repetition gets, how it fails.</summary>
internal sealed class StripeApi(StripeBooks books, StripeSettings settings)
{
    private const int IdempotencyKeyMax = 255;

    private static readonly JsonSerializerOptions Pretty = new() { WriteIndented = true };

    private static readonly StripeRoute[] Operations =
    [
        .. Customers.Routes, .. CustomerBalance.Routes, .. Catalog.Routes, .. Coupons.Routes, .. Sessions.Routes, .. Subscriptions.Routes,
        .. Prorations.Routes, .. Invoices.Routes, .. InvoiceEndings.Routes, .. InvoicePayments.Routes,
        .. Charges.Routes, .. SetupIntents.Routes, .. Refunds.Routes, .. CreditNotes.Routes, .. Disputes.Routes, .. Portal.Routes, .. Webhooks.Routes,
    ];

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var operation in Operations)
        {
            routes.MapMethods(operation.Pattern, [operation.Method], http => AnswerAsync(http, operation));
        }

        routes.MapFallback("/v1/{**path}", http => AnswerAsync(http, null));
    }

    private async Task AnswerAsync(HttpContext http, StripeRoute? operation)
    {
        var requestId = Draft.NewId("req_", 14);
        http.Response.Headers["Request-Id"] = requestId;
        http.Response.Headers["Stripe-Version"] = ApiVersions.Account;
        Answer answer;
        try
        {
            Authenticate(http);
            http.Response.Headers["Stripe-Version"] = ApiVersions.Spoken(http.Request);
            answer = await RunAsync(http, operation ?? throw Unrecognized(http.Request), requestId);
        }
        catch (StripeFailure failure)
        {
            if (failure.Status == StatusCodes.Status401Unauthorized)
            {
                http.Response.Headers.WWWAuthenticate = "Basic realm=\"Stripe\"";
            }

            answer = Answer.Of(failure, requestId);
        }

        http.Response.StatusCode = answer.Status;
        await http.Response.WriteAsJsonAsync(answer.Body, Pretty, "application/json");
    }

    private void Authenticate(HttpContext http)
    {
        var header = http.Request.Headers.Authorization.ToString();
        var key = header.Split(' ', 2) switch
        {
            ["Bearer", var token] => token,
            ["Basic", var encoded] => FromBasic(encoded),
            _ => throw Unauthorized("You did not provide an API key. You need to provide your API key in the Authorization header, "
                + "using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."),
        };
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(settings.ApiKey())))
        {
            throw Unauthorized($"Invalid API Key provided: {Masked(key)}");
        }
    }

    private async Task<Answer> RunAsync(HttpContext http, StripeRoute operation, string requestId)
    {
        var form = await ReadAsync(http.Request);
        form.AllowOnly(operation.Parameters);
        var path = http.Request.Path.Value!;
        var id = http.Request.RouteValues["id"] as string ?? "";
        if (operation.Method == "GET")
        {
            return Run(operation, new StripeCall(books.Draft(books.Read(), requestId), form, path, id, settings.PublicAddress));
        }

        var key = http.Request.Headers["Idempotency-Key"].ToString();
        if (key.Length > IdempotencyKeyMax)
        {
            throw StripeFailure.Invalid($"Idempotency keys can be up to {IdempotencyKeyMax} characters.");
        }

        if (key.Length > 0)
        {
            http.Response.Headers["Idempotency-Key"] = key;
        }

        var (answer, replayed) = Commit(operation, form, path, id, key, requestId);
        if (replayed)
        {
            http.Response.Headers["Idempotent-Replayed"] = "true";
        }

        return answer;
    }

    // The effect and what its key is answered with are one change of state: there is no instant at which only one of them exists.
    private (Answer Answer, bool Replayed) Commit(StripeRoute operation, Form form, string path, string id, string key, string requestId)
    {
        (Answer, bool)? result = null;
        var fingerprint = form.Fingerprint(operation.Method, path);
        books.Change(state =>
        {
            if (key.Length > 0 && state.Answers.TryGetValue(key, out var saved))
            {
                result = saved.Fingerprint == fingerprint ? (new Answer(saved.Status, saved.Body), true) : throw Reused(key, saved, path);
                return state;
            }

            var draft = books.Draft(state, requestId, key.Length > 0 ? key : null);
            Answer answer;
            try
            {
                answer = Run(operation, new StripeCall(draft, form, path, id, settings.PublicAddress));
            }
            catch (StripeFailure refused) when (refused.Commits)
            {
                answer = Answer.Of(refused, requestId);
            }

            if (key.Length > 0)
            {
                draft.Save(key, new SavedAnswer(path, fingerprint, draft.Now, answer.Status, answer.Body));
            }

            result = (answer, false);
            return draft.State;
        });
        return result!.Value;
    }

    private static Answer Run(StripeRoute operation, StripeCall call) =>
        new(StatusCodes.Status200OK, JsonSerializer.SerializeToElement(operation.Handle(call)));

    private static async Task<Form> ReadAsync(HttpRequest request)
    {
        if (HttpMethods.IsPost(request.Method) && request.ContentLength is not 0 and not null && !request.HasFormContentType)
        {
            throw StripeFailure.Invalid("Invalid request (check that your POST content type is application/x-www-form-urlencoded).");
        }

        try
        {
            return request.HasFormContentType ? Form.Of(request.Query.Concat(await request.ReadFormAsync())) : Form.Of(request.Query);
        }
        catch (InvalidDataException exception)
        {
            throw StripeFailure.Invalid($"The request's parameters cannot be read: {exception.Message}");
        }
    }

    private static StripeFailure Reused(string key, SavedAnswer saved, string path) => new(
        StatusCodes.Status400BadRequest,
        "idempotency_error",
        saved.Path == path
            ? "Keys for idempotent requests can only be used with the same parameters they were first used with. "
                + $"Try using a key other than '{key}' if you meant to execute a different request."
            : "Keys for idempotent requests can only be used for the same endpoint they were first used for "
                + $"('{path}' vs '{saved.Path}'). Try using a key other than '{key}' if you meant to execute a different request.");

    private static StripeFailure Unrecognized(HttpRequest request) => new(
        StatusCodes.Status404NotFound,
        "invalid_request_error",
        $"Unrecognized request URL ({request.Method}: {request.Path}). If you are trying to list objects, remove the trailing slash. "
        + "If you are trying to retrieve an object, make sure you passed a valid (non-empty) identifier in your code.");

    private static StripeFailure Unauthorized(string message) => new(StatusCodes.Status401Unauthorized, "invalid_request_error", message);

    private static string FromBasic(string encoded)
    {
        var buffer = new byte[encoded.Length];
        return Convert.TryFromBase64String(encoded, buffer, out var length)
            ? Encoding.UTF8.GetString(buffer, 0, length).Split(':')[0]
            : throw Unauthorized("Invalid API Key provided: ****");
    }

    private static string Masked(string key) => key.Length <= 12 ? "****" : $"{key[..8]}{new string('*', key.Length - 12)}{key[^4..]}";

    private sealed record Answer(int Status, JsonElement Body)
    {
        public static Answer Of(StripeFailure failure, string requestId) =>
            new(failure.Status, JsonSerializer.SerializeToElement(failure.Body(requestId)));
    }
}
