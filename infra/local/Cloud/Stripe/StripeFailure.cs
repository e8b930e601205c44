using System.Text.Json.Nodes;

namespace Launchpad.Local.Stripe;

/// <summary>An answer other than 200, in Stripe's error form.</summary>
internal sealed class StripeFailure(int status, string type, string message, string? code = null, string? param = null) : Exception(message)
{
    public int Status { get; } = status;

    /// <summary>Set when a card was refused.</summary>
    public string? DeclineCode { get; init; }

    /// <summary>The request failed and yet changed something: a refused attempt is remembered and told to the endpoints.</summary>
    public bool Commits { get; init; }

    public static StripeFailure Invalid(string message, string? code = null, string? param = null) =>
        new(StatusCodes.Status400BadRequest, "invalid_request_error", message, code, param);

    public static StripeFailure Missing(string kind, string id, string param = "id") =>
        new(StatusCodes.Status404NotFound, "invalid_request_error", $"No such {kind}: '{id}'", "resource_missing", param);

    /// <summary>A reference within the parameters, rather than the address, leads nowhere.</summary>
    public static StripeFailure Dangling(string kind, string id, string param) =>
        Invalid($"No such {kind}: '{id}'", "resource_missing", param);

    public static StripeFailure Required(string param) => Invalid($"Missing required param: {param}.", "parameter_missing", param);

    public JsonObject Body(string requestId)
    {
        var error = new JsonObject();
        if (code is not null)
        {
            error["code"] = code;
            error["doc_url"] = $"https://stripe.com/docs/error-codes/{code.Replace('_', '-')}";
        }

        if (DeclineCode is not null)
        {
            error["decline_code"] = DeclineCode;
        }

        error["message"] = Message;
        if (param is not null)
        {
            error["param"] = param;
        }

        error["request_log_url"] = $"https://dashboard.stripe.com/test/logs/{requestId}";
        error["type"] = type;
        return new JsonObject { ["error"] = error };
    }
}
