using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Launchpad.Functions.Tests.OpenApi;

public sealed class DocumentTests
{
    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    private static string Kept => Path.Combine(
        typeof(DocumentTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "RepositoryRoot").Value!,
        "docs", "openapi.json");

    /// <summary>LAUNCHPAD_RECORD=1 writes it anew.</summary>
    [Fact]
    public void The_document_that_is_kept_is_the_one_of_these_routes_and_types()
    {
        var made = ApiDocument.Build().ToJsonString(Readable) + "\n";
        if (Environment.GetEnvironmentVariable("LAUNCHPAD_RECORD") is { Length: > 0 })
        {
            File.WriteAllText(Kept, made);
        }

        Assert.True(
            File.Exists(Kept) && File.ReadAllText(Kept) == made,
            "docs/openapi.json is not what the API is now. Run this test with LAUNCHPAD_RECORD=1, and look at what changed.");
    }
}
