using System.Text.Json;
using System.Text.Json.Nodes;

namespace Launchpad.Local.ResourceManager;

/// <summary>The names that every resource of the pocket cloud is under, and the forms that all answers share.</summary>
public static class Arm
{
    /// <summary>"launch", in hexadecimal, at its end.</summary>
    public const string Subscription = "1a0c4a9d-0000-4000-8000-6c61756e6368";
    public const string Group = "launchpad";
    public const string Location = "westeurope";
    public const string Zone = "localhost";
    public const string Audience = "https://management.azure.com/";
    public const string GroupPath = "/subscriptions/{subscription}/resourceGroups/{group}";

    public static string GroupId => $"/subscriptions/{Subscription}/resourceGroups/{Group}";

    public static string Id(string type, string name) => $"{GroupId}/providers/{type}/{name}";

    public static IResult Json(JsonNode body, int status = 200) =>
        Results.Text(body.ToJsonString(), "application/json; charset=utf-8", statusCode: status);

    public static IResult Page(IEnumerable<JsonNode> items) => Json(new JsonObject { ["value"] = new JsonArray([.. items]) });

    public static IResult Error(int status, Failure failure) => Json(new JsonObject { ["error"] = Failure(failure) }, status);

    public static JsonObject Failure(Failure failure) => new() { ["code"] = failure.Code, ["message"] = failure.Message };

    public static async Task<JsonObject> ReadAsync(HttpRequest request)
    {
        try
        {
            return await JsonNode.ParseAsync(request.Body, cancellationToken: request.HttpContext.RequestAborted) as JsonObject
                ?? throw new ArmException(400, "InvalidRequestContent", "The request content was invalid: a JSON object was expected.");
        }
        catch (JsonException broken)
        {
            // Without the parser's message: it may quote what is secret in the body.
            throw new ArmException(
                400, "InvalidRequestContent",
                $"The request content was invalid: no JSON from line {broken.LineNumber}, byte {broken.BytePositionInLine}.");
        }
    }
}
