using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace Launchpad.Images;

/// <summary>A bot of a few megabytes that starts in a tenth of a second: the same surface, user, volume and secrets as the real one.
/// Its tags let a test roll out a good next version and a broken one.</summary>
internal sealed class TinyRecipe : Recipe
{
    private const int Port = 18789;
    private const string Architecture = "x86_64-linux-gnu";

    // What a .NET program on Debian loads, and busybox, so that a test can look around inside the container.
    private static readonly string[] Packages = ["libc6", "gcc-12-base", "libgcc-s1", "libstdc++6", "libssl3", "busybox-static"];

    private static readonly string[] Libraries =
    [
        "ld-linux-x86-64.so.2", "libc.so.6", "libdl.so.2", "libgcc_s.so.1", "libm.so.6", "libpthread.so.0", "libresolv.so.2", "librt.so.1",
        "libstdc++.so.6", "libssl.so.3", "libcrypto.so.3",
    ];

    private static readonly string[] Applets =
    [
        "sh", "cat", "ls", "id", "ps", "kill", "sleep", "touch", "rm", "mkdir", "dd", "df", "head", "grep", "env", "nc", "mount", "unshare",
        "stat", "wc", "yes",
    ];

    private static readonly Variant[] Variants =
    [
        VariantOf("1.0.0"), VariantOf("1.0.1"), VariantOf("broken", ("FAIL", "start")), VariantOf("broken-later", ("FAIL", "later")),
        VariantOf("broken-with-channels", ("FAIL", "channels")),
    ];

    public override string Repository => "launchpad/tiny";

    protected override IReadOnlyList<string> Sources => ["tiny"];

    public override async Task<Baked> BakeAsync(Kitchen kitchen, CancellationToken ct)
    {
        var packages = await kitchen.Cache.FolderAsync(DebianPackages.FolderName(Packages), folder => kitchen.Progress.StepAsync(
            "Debian packages", () => DebianPackages.UnpackAsync(Packages, folder, ct)));
        var program = await kitchen.Progress.StepAsync("compile the bot", () => PublishAsync(kitchen, ct));
        var layers = await kitchen.Progress.StepAsync("layers", async () => new[]
        {
            await Layer.WriteAsync(BaseOf(packages), kitchen.Target, ct),
            await Layer.WriteAsync(BotOf(program), kitchen.Target, ct),
        });
        File.Delete(program);

        var components = Packages.Select(name => DebianStatus.Component(File.ReadAllLines(Path.Combine(packages, name + ".control"))))
            .Append(DotnetRuntime("Microsoft.NETCore.App"))
            .Append(DotnetRuntime("Microsoft.AspNetCore.App"));
        return new(layers, Variants, [.. components], await File.ReadAllBytesAsync(Path.Combine(SourceFolder.Path("tiny"), "config.schema.json"), ct));
    }

    private static JsonObject DotnetRuntime(string name)
    {
        var version = Environment.Version.ToString();
        return Sbom.Component("framework", name, version, $"pkg:nuget/{name}.Runtime.linux-x64@{version}");
    }

    private static async Task<string> PublishAsync(Kitchen kitchen, CancellationToken ct)
    {
        var output = Directory.CreateTempSubdirectory("launchpad-tinybot").FullName;
        try
        {
            var publish = new ProcessStartInfo("dotnet",
            [
                "publish", SourceFolder.Path("tiny"), "--configuration", "Release", "--output", Path.Combine(output, "bin"),
                "--nologo", "-v", "q", "-nodeReuse:false", $"-p:ArtifactsPath={output}",
            ]);
            await Tool.RunAsync(publish, null, ct);
            var program = Path.Combine(kitchen.Target, "tinybot");
            File.Move(Path.Combine(output, "bin", "tinybot"), program);
            return program;
        }
        finally
        {
            Directory.Delete(output, recursive: true);
        }
    }

    private static LayerContent BaseOf(string packages)
    {
        var content = new LayerContent();
        foreach (var package in Packages.Where(name => name.StartsWith("lib", StringComparison.Ordinal)))
        {
            var folder = Path.Combine(packages, package);
            content.AddTree(folder, "", path => IsLibrary(path, folder));
        }

        foreach (var package in Packages)
        {
            content.AddFile($"var/lib/dpkg/status.d/{package}", Path.Combine(packages, package + ".control"));
            content.AddFile($"usr/share/doc/{package}/copyright", Copyright(packages, package));
        }

        content.AddFile("bin/busybox", Path.Combine(packages, "busybox-static", "bin", "busybox"), LayerContent.Program);
        foreach (var applet in Applets)
        {
            content.AddLink($"bin/{applet}", "busybox");
        }

        content.AddBytes("etc/passwd", "root:x:0:0::/:/bin/false\nbot:x:1000:1000::/data:/bin/false\n"u8.ToArray());
        content.AddBytes("etc/group", "root:x:0:\nbot:x:1000:\n"u8.ToArray());
        content.AddBytes("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Launchpad tiny bot\"\n"u8.ToArray());
        content.AddDirectory("tmp", LayerContent.SharedDirectory);
        content.AddDirectory("data", LayerContent.Directory, owner: 1000);
        content.AddDirectory("run/secrets");
        return content;
    }

    // gcc-12-base brings the licence of the source package, to which its siblings link.
    private static string Copyright(string packages, string package)
    {
        var own = Path.Combine(packages, package, "usr", "share", "doc", package, "copyright");
        return File.Exists(own) ? own : Path.Combine(packages, "gcc-12-base", "usr", "share", "doc", "gcc-12-base", "copyright");
    }

    private static bool IsLibrary(string path, string folder) =>
        Directory.Exists(Path.Combine(folder, path))
            ? path.Split('/') is ["lib" or "lib64"] or ["usr"] or ["usr", "lib"] or ["lib", Architecture] or ["usr", "lib", Architecture]
            : Libraries.Contains(Path.GetFileName(path)) || path.Contains("libstdc++.so.6.", StringComparison.Ordinal);

    private static LayerContent BotOf(string program)
    {
        var content = new LayerContent();
        content.AddFile("usr/local/bin/tinybot", program, LayerContent.Program);
        return content;
    }

    private static Variant VariantOf(string tag, params (string Name, string Value)[] knobs)
    {
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = "/usr/local/bin:/bin",
            ["OPENCLAW_STATE_DIR"] = "/data",
            ["DOTNET_EnableDiagnostics"] = "0",
        };
        foreach (var (name, value) in knobs)
        {
            environment[name] = value;
        }

        return new(tag, new("1000:1000", "/", ["/usr/local/bin/tinybot"], [])
        {
            Environment = environment,
            Port = Port,
            Labels = new Dictionary<string, string>
            {
                ["org.opencontainers.image.title"] = "Launchpad tiny bot",
                ["org.opencontainers.image.version"] = tag,
            },
        });
    }
}
