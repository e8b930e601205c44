using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

/// <summary>What the API says of itself.</summary>
public static class OpenApi
{
    private static readonly byte[] Document = Read();

    /// <summary>This document.</summary>
    [Function("GetOpenApi")]
    [Open, Answers(200)]
    public static IActionResult Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "openapi.json")] HttpRequest request) =>
        new FileContentResult(Document, "application/json");

    private static byte[] Read()
    {
        using var source = typeof(OpenApi).Assembly.GetManifestResourceStream("openapi.json")!;
        using var copy = new MemoryStream();
        source.CopyTo(copy);
        return copy.ToArray();
    }
}
