using System.Text.Json;
using Launchpad.Durable;

namespace Launchpad.Host.Admin;

/// <summary>Copies the engine's directory into a new folder on this machine while everything goes on.</summary>
internal sealed class BackupApi(SqliteOrchestrationService store, AdminAccess access)
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/admin/backup", access.Guard(BackUpAsync));

    private async Task<IResult> BackUpAsync(HttpContext http)
    {
        if (await FolderAsync(http) is not { } folder)
        {
            return Results.BadRequest(new { error = """The body is {"folder": "/an/absolute/path"}.""" });
        }

        try
        {
            await store.BackupAsync(folder, http.RequestAborted);
            return Results.Json(new { folder });
        }
        catch (Exception refused) when (refused is IOException or InvalidOperationException or UnauthorizedAccessException)
        {
            return Results.Json(new { error = refused.Message }, statusCode: StatusCodes.Status409Conflict);
        }
    }

    private static async Task<string?> FolderAsync(HttpContext http)
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(http.Request.Body, default, http.RequestAborted);
            var isNamed = body.RootElement.ValueKind is JsonValueKind.Object && body.RootElement.TryGetProperty("folder", out _);
            var folder = isNamed ? body.RootElement.GetProperty("folder").GetString() : null;
            return Path.IsPathFullyQualified(folder ?? "") ? folder : null;
        }
        catch (Exception invalid) when (invalid is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
