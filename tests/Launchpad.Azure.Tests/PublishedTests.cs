namespace Launchpad.Azure.Tests;

/// <summary>What is deployed holds the product, and nothing that only its making or its tests need.</summary>
public sealed class PublishedTests
{
    private static readonly string[] Foreign = ["Launchpad.Local", "Launchpad.Host", "Launchpad.Bench", "xunit", "Microsoft.NET.Test", "Microsoft.TestPlatform", "Playwright", "Azurite"];

    [Theory]
    [InlineData("artifacts/publish/Launchpad.Functions/release", "Launchpad.Functions.dll")]
    [InlineData("artifacts/publish/Launchpad.Vm/release_linux-x64", "launchpad-vm")]
    [InlineData("web/dist", "index.html")]
    public void Nothing_else_is_in_it(string folder, string product)
    {
        var root = Path.Combine([Bicep.Root, .. folder.Split('/')]);
        var files = Directory.GetFiles(root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
            .Select(file => Path.GetRelativePath(root, file)).ToList();
        Assert.Contains(product, files);
        Assert.Equal([], files.Where(IsForeign));
    }

    private static bool IsForeign(string file) =>
        file.Split('/').Any(part => part is ".git" or "node_modules" or ".env" || part.Contains("Test", StringComparison.Ordinal) || part.Contains(".test.", StringComparison.Ordinal))
        || Path.GetExtension(file) is ".cs" or ".ts" or ".tsx" or ".map" or ".csproj" or ".pfx" or ".pem" or ".key"
        || Foreign.Any(name => Path.GetFileName(file).StartsWith(name, StringComparison.OrdinalIgnoreCase));
}
