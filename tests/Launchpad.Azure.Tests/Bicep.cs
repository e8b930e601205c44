using System.Diagnostics;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Launchpad.Azure.Tests;

/// <summary>The real compiler over a copy of infra/azure, which gets the operator's one file: the key that images are signed with.</summary>
internal sealed class Bicep : IDisposable
{
    public const string Subscription = "11111111-1111-1111-1111-111111111111";
    private const string Tenant = "22222222-2222-2222-2222-222222222222";

    public Bicep()
    {
        var source = Path.Combine(Root, "infra", "azure");
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(Folder, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(Path.Combine(Folder, "image.pub"), key.ExportSubjectPublicKeyInfoPem() + "\n");
    }

    public static string Root => Metadata("RepositoryRoot");

    public string Folder { get; } = Directory.CreateTempSubdirectory("launchpad-bicep-").FullName;

    public IEnumerable<string> Modules => Directory.EnumerateFiles(Path.Combine(Folder, "modules"), "*.bicep")
        .Select(file => Path.GetRelativePath(Folder, file));

    public async Task<JsonNode> BuildAsync()
    {
        var (code, output, errors) = await RunAsync("build", "main.bicep", "--no-restore", "--stdout");
        return code == 0 && errors.Length == 0 ? JsonNode.Parse(output)! : throw new InvalidOperationException(errors);
    }

    /// <summary>What Azure would be asked for, as far as that can be known without asking it.</summary>
    public async Task<JsonNode> SnapshotAsync()
    {
        var (code, output, errors) = await RunAsync(
            "snapshot", "main.bicepparam", "--mode", "overwrite", "--subscription-id", Subscription, "--tenant-id", Tenant,
            "--location", "westeurope", "--deployment-name", "launchpad");
        return code == 0
            ? JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, "main.snapshot.json")))!
            : throw new InvalidOperationException(output + errors);
    }

    /// <summary>Everything that the compiler and the linter have to say about these files, which should be nothing.</summary>
    public async Task<string> LintAsync(string pattern)
    {
        var (code, output, errors) = await RunAsync(
            pattern.Contains('*') ? ["lint", "--pattern", pattern, "--no-restore"] : ["lint", pattern, "--no-restore"]);
        return code == 0 ? output + errors : $"{output}{errors}exit code {code}";
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static string Metadata(string key) => typeof(Bicep).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(attribute => attribute.Key == key).Value!;

    private async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Metadata("Bicep"), arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }
}
