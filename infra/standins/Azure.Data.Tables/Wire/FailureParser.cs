using System.Globalization;
using System.Text.Json;
using Azure.Core;

namespace Azure.Data.Tables.Wire;

/// <summary>Reads the error code and message of an OData error body, and in a transaction the index of the entity at fault.</summary>
internal sealed class FailureParser : RequestFailedDetailsParser
{
    public const string FailedEntity = "FailedEntity";

    public override bool TryParse(Response response, out ResponseError error, out IDictionary<string, string> data)
    {
        error = null;
        data = null;
        if (response.ContentStream is null || Root(response) is not { } root || !root.TryGetProperty("odata.error", out var body))
        {
            return false;
        }

        data = new Dictionary<string, string>();
        var message = body.TryGetProperty("message", out var text) && text.TryGetProperty("value", out var value)
            ? value.GetString()
            : null;

        // A transaction's message starts with the index of the action that failed: "2:The specified entity already exists."
        if (message?.IndexOf(':') is > 0 and var colon
            && int.TryParse(message.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            data[FailedEntity] = index.ToString(CultureInfo.InvariantCulture);
            message += "\n The index of the entity that caused the error can be found in "
                + nameof(TableTransactionFailedException.FailedTransactionActionIndex) + ".";
        }

        error = new ResponseError(body.TryGetProperty("code", out var code) ? code.GetString() : null, message);
        return true;
    }

    /// <summary>A proxy between us and the service may answer HTML: then there are no details, only the status.</summary>
    private static JsonElement? Root(Response response)
    {
        try
        {
            using var document = JsonDocument.Parse(response.Content.ToMemory());
            return document.RootElement.ValueKind is JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
