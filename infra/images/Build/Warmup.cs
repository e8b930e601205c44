using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Images;
using Launchpad.Shared.Secrets;

namespace Launchpad.Images;

/// <summary>Starts the new image as a tenant's machine would, lets it answer, and keeps what Node compiled on the way.
/// So an image that does not boot under our limits is never signed, and one that does boots faster.</summary>
internal sealed class Warmup(Kitchen kitchen, IReadOnlyList<Layer> layers, Variant variant)
{
    private const int CompiledMin = 1000;
    private readonly string _name = $"launchpad-images-{kitchen.Cache.Id}";
    private readonly string _folder = Path.Combine(kitchen.Target, "warmup");

    private string CompiledFolder => Path.Combine(_folder, "compiled");

    /// <param name="cacheFolder">Where the image keeps compiled code.</param>
    public async Task<LayerContent> RunAsync(string cacheFolder, CancellationToken ct)
    {
        await RemoveAsync(ct);
        await DockerAsync(["load", "--quiet"], ct, SaveAsync);
        try
        {
            await StartAsync(cacheFolder, ct);
            await TalkAsync(ct);
            // Node writes it for its own user only; in the image it is root's, to be read by anyone.
            await Tool.RunAsync("chmod", ["--recursive", "u=rwX,go=rX", CompiledFolder], ct);
            var content = new LayerContent();
            content.AddTree(CompiledFolder, cacheFolder.TrimStart('/'), _ => true);
            return content.Entries.Count() > CompiledMin
                ? content
                : throw new ImageFailedException($"Node kept less than {CompiledMin} compiled modules: the gateway did not end by itself.");
        }
        finally
        {
            await RemoveAsync(CancellationToken.None);
            await DockerAsync(["rmi", "--force", _name], CancellationToken.None);
        }
    }

    public void CleanUp() => Directory.Delete(_folder, recursive: true);

    private async Task StartAsync(string cacheFolder, CancellationToken ct)
    {
        var (data, secrets) = (Path.Combine(_folder, "data"), Path.Combine(_folder, "secrets"));
        var input = new BotConfigInput(
            "https://warmup.localhost", "http://127.0.0.1:9000/v1", "warmup", HasModelKey: true, HasTelegram: false);
        foreach (var file in BotConfig.Files(input))
        {
            Write(Path.Combine(data, file.Path), file.Content);
        }

        foreach (var secret in new[] { BotSecretNames.GatewayToken, BotSecretNames.ModelKey })
        {
            // Throwaway values: the container has no network and is gone in a minute.
            Write(Path.Combine(secrets, secret), RandomNumberGenerator.GetHexString(32));
            File.SetUnixFileMode(Path.Combine(secrets, secret), UnixFileMode.UserRead);
        }

        Directory.CreateDirectory(CompiledFolder);
        await Tool.RunAsync("chown", ["--recursive", variant.Runtime.User, _folder], ct);
        await DockerAsync(
        [
            "run", "--detach", "--name", _name, "--network", "none", "--memory", "2g", "--memory-swap", "2g", "--pids-limit", "512",
            "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges",
            "--tmpfs", "/tmp:rw,noexec,nosuid,nodev,size=256m,mode=1777",
            "--volume", $"{data}:/data", "--volume", $"{secrets}:/run/secrets:ro", "--volume", $"{CompiledFolder}:{cacheFolder}",
            "--volume", $"{SourceFolder.Path("openclaw")}:/warmup:ro",
            .. BotRuntimeProfile.Runtime.Environment.SelectMany(item => new[] { "--env", $"{item.Key}={item.Value}" }),
            _name,
        ], ct);
    }

    private async Task TalkAsync(CancellationToken ct)
    {
        try
        {
            await DockerAsync(
                ["exec", "--env", "NODE_DISABLE_COMPILE_CACHE=1", _name, "/usr/local/bin/node", "/warmup/warmup.mjs"], ct);
            // Compiled code is written when the process ends.
            await DockerAsync(["stop", "--time", "60", _name], ct);
        }
        catch (ImageFailedException exception)
        {
            var logs = await DockerAsync(["logs", "--tail", "40", _name], ct);
            throw new ImageFailedException($"The image does not work, so it was not signed. {exception.Message}\n{logs}", exception);
        }
    }

    // Also what a build that was killed left behind.
    private async Task RemoveAsync(CancellationToken ct)
    {
        var container = (await DockerAsync(["container", "ls", "--all", "--quiet", "--filter", $"name=^/{_name}$"], ct)).Trim();
        if (container.Length > 0)
        {
            await DockerAsync(["rm", "--force", "--volumes", container], ct);
        }
    }

    private Task<string> DockerAsync(string[] arguments, CancellationToken ct, Func<Stream, Task>? input = null) =>
        Tool.RunAsync(new("docker", ["--host", kitchen.DockerHost, .. arguments]), input, ct);

    private static void Write(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    // The archive that `docker load` reads: layers, configuration and a list of both.
    private async Task SaveAsync(Stream output)
    {
        await using var tar = new TarWriter(output, TarEntryFormat.Gnu, leaveOpen: true);
        var config = JsonSerializer.SerializeToUtf8Bytes(BuiltImage.ConfigOf(variant, layers));
        var configName = ImageName.DigestOf(config)[7..] + ".json";
        await WriteAsync(tar, configName, new MemoryStream(config));
        foreach (var layer in layers)
        {
            await WriteAsync(tar, Path.GetFileName(layer.FileName), File.OpenRead(Path.Combine(kitchen.Target, layer.FileName)));
        }

        var list = new JsonArray(new JsonObject
        {
            ["Config"] = configName,
            ["RepoTags"] = new JsonArray($"{_name}:latest"),
            ["Layers"] = new JsonArray([.. layers.Select(layer => (JsonNode?)Path.GetFileName(layer.FileName))]),
        });
        await WriteAsync(tar, "manifest.json", new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(list)));
    }

    private static async Task WriteAsync(TarWriter tar, string name, Stream content)
    {
        await using (content)
        {
            await tar.WriteEntryAsync(new GnuTarEntry(TarEntryType.RegularFile, name) { DataStream = content });
        }
    }
}
