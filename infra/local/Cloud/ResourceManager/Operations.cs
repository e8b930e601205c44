using System.Text.Json.Nodes;

namespace Launchpad.Local.ResourceManager;

/// <summary>Long-running operations in both of ARM's forms: Azure-AsyncOperation with a status, Location with 202 until done.</summary>
public sealed class Operations(StateFile<ArmState> state)
{
    private const string Route = "/providers/Microsoft.Compute/locations/{location}/operations/{id}";
    private const int RetryAfterSeconds = 1;

    public static string NewId() => Guid.NewGuid().ToString();

    /// <summary>Tells the client where to follow the operation that its call has begun.</summary>
    public static void Announce(HttpRequest request, string id)
    {
        var path = $"{request.Scheme}://{request.Host}/subscriptions/{Arm.Subscription}"
            + $"/providers/Microsoft.Compute/locations/{Arm.Location}/operations/{id}";
        var version = Uri.EscapeDataString(request.Query["api-version"].ToString());
        var headers = request.HttpContext.Response.Headers;
        headers["Azure-AsyncOperation"] = $"{path}?api-version={version}";
        headers.RetryAfter = RetryAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (!HttpMethods.IsPut(request.Method))
        {
            headers.Location = $"{path}?monitor=true&api-version={version}";
        }
    }

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/subscriptions/{subscription}" + Route, Get);

    private IResult Get(HttpRequest request, string id)
    {
        var operation = state.Read().Operations.Find(one => one.Id == id)
            ?? throw new ArmException(404, "NotFound", $"The entity was not found: operation {id}.");
        var running = operation.Status is OperationStatus.InProgress;
        if (running)
        {
            request.HttpContext.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (request.Query["monitor"] == "true")
        {
            return running ? Results.StatusCode(202) : operation.Failure is { } refused ? Arm.Error(409, refused) : Results.Ok();
        }

        var answer = new JsonObject
        {
            ["name"] = operation.Id,
            ["status"] = operation.Status.ToString(),
            ["startTime"] = operation.StartedAt,
        };
        if (operation.EndedAt is { } ended)
        {
            answer["endTime"] = ended;
        }

        if (operation.Failure is { } failure)
        {
            answer["error"] = Arm.Failure(failure);
        }

        return Arm.Json(answer);
    }
}
