using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Launchpad.Shared.Images;

namespace Launchpad.Images.Tests;

/// <summary>The whole pipeline on the tiny image, and the bot in it as a process. What was built stays in the machine's cache.</summary>
public sealed class PipelineTests(RegistryFixture registry) : IClassFixture<RegistryFixture>
{
    private const string Tiny = "launchpad/tiny";

    [Fact]
    public async Task Ensure_builds_publishes_and_signs_once()
    {
        var (result, _) = await RunAsync("ensure");
        var (again, steps) = await RunAsync("ensure");

        Assert.Equal(result.ToJsonString(), again.ToJsonString());
        Assert.Equal("", steps);
        using var key = SigningKey.Open(Path.GetDirectoryName((string)result["publicKey"]!)!);
        foreach (var tag in new[] { "1.0.0", "1.0.1", "broken" })
        {
            var image = await registry.ResolveAsync(Tiny, tag, key);
            Assert.Equal((string)result["images"]![tag]!, image.Reference);
        }

        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(Path.ChangeExtension((string)result["publicKey"]!, ".key")));
    }

    [Fact]
    public async Task The_bill_of_materials_is_attached_and_vouched_for()
    {
        var (result, _) = await RunAsync("ensure");
        var digest = ((string)result["images"]!["1.0.0"]!).Split('@')[1];
        using var client = new RegistryClient(registry.Trusting(registry.Key));

        var manifest = await client.FindManifestAsync(Tiny, ImageName.AttachedTag(digest, "sbom"), default);
        var attached = OciManifest.Read(manifest!.Content)!;
        var sbom = JsonNode.Parse(await registry.BlobAsync(Tiny, attached.Layers.Single().Digest))!;
        var signature = (await registry.SignaturesAsync(Tiny, digest)).Layers[0];
        var signed = JsonNode.Parse(await registry.BlobAsync(Tiny, signature.Digest))!;

        Assert.Equal("CycloneDX", (string)sbom["bomFormat"]!);
        Assert.Contains(sbom["components"]!.AsArray(), component => (string)component!["name"]! == "libc6");
        Assert.Equal(attached.Layers[0].Digest, (string)signed["optional"]!["sbom"]!);
        Assert.False((bool)signed["optional"]!["scan"]!["presented"]!);
    }

    [Fact]
    public async Task The_schema_of_the_bots_config_is_attached_and_named_by_the_image()
    {
        var (result, _) = await RunAsync("ensure");
        var digest = ((string)result["images"]!["1.0.0"]!).Split('@')[1];
        using var client = new RegistryClient(registry.Trusting(registry.Key));
        using var schemas = new ConfigSchemas(client);

        var schema = await schemas.FindAsync(Tiny, digest, default);
        var written = await File.ReadAllBytesAsync(Path.Combine(SourceFolder.Path("tiny"), "config.schema.json"));
        Assert.Equal(written, await schema!.UnzipAsync(default));
        Assert.Equal(ImageName.DigestOf(written), schema.Digest);
        Assert.NotNull(await client.FindManifestAsync(Tiny, ImageName.AttachedTag(digest, "schema"), default));

        var without = await registry.PushAsync(Tiny, "plain", "without a schema");
        Assert.Null(await schemas.FindAsync(Tiny, without, default));
        Assert.Null(await schemas.FindAsync(Tiny, ImageName.DigestOf("no such image"u8), default));
    }

    [Fact]
    public async Task The_tiny_bot_answers_like_the_real_one()
    {
        await RunAsync("build");
        var folder = Directory.CreateTempSubdirectory("launchpad-tinybot-test");
        var program = await ExtractAsync(folder.FullName);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "token"), "secret-token");
        var port = FreePort.Take();
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}") };

        for (var boot = 1; boot <= 2; boot++)
        {
            using var bot = Start(program, folder.FullName, port);
            await ReadyAsync(http, bot);

            using var refused = await AskAsync(http, "wrong", "hi");
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            using var answered = await AskAsync(http, "secret-token", "\"quoted\" \u0000 text");
            var answer = await answered.Content.ReadFromJsonAsync<JsonObject>();
            Assert.Equal("Echo: \"quoted\" \u0000 text", (string)answer!["choices"]![0]!["message"]!["content"]!);
            using var large = await AskAsync(http, "secret-token", new string('x', 1024 * 1024));
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);

            var about = await http.GetFromJsonAsync<JsonObject>("/about");
            Assert.Equal((boot, boot), ((int)about!["boots"]!, (int)about["messages"]!));
            await StopAsync(bot);
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task The_tiny_bot_survives_connections_that_arrive_while_it_starts()
    {
        await RunAsync("build");
        var folder = Directory.CreateTempSubdirectory("launchpad-tinybot-test");
        var program = await ExtractAsync(folder.FullName);

        for (var boot = 1; boot <= 20; boot++)
        {
            var port = FreePort.Take();
            using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}") };
            using var ready = new CancellationTokenSource();
            var hammers = Enumerable.Range(0, 4).Select(_ => HammerAsync(port, ready.Token)).ToList();
            using var bot = Start(program, folder.FullName, port);
            try
            {
                await ReadyAsync(http, bot);
            }
            finally
            {
                await ready.CancelAsync();
                await Task.WhenAll(hammers);
            }

            await StopAsync(bot);
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task The_tiny_bot_waits_for_no_open_connection_when_it_stops()
    {
        await RunAsync("build");
        var folder = Directory.CreateTempSubdirectory("launchpad-tinybot-test");
        var program = await ExtractAsync(folder.FullName);
        var port = FreePort.Take();
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}") };
        using var bot = Start(program, folder.FullName, port);
        await ReadyAsync(http, bot);

        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new($"ws://127.0.0.1:{port}/"), default);
        await socket.SendAsync("hi"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, default);
        var echo = new byte[16];
        var received = await socket.ReceiveAsync(echo, default);
        Assert.Equal("hi"u8.ToArray(), echo[..received.Count]);
        await StopAsync(bot).WaitAsync(TimeSpan.FromSeconds(60));

        folder.Delete(recursive: true);
    }

    private async Task<(JsonObject Result, string Steps)> RunAsync(string verb)
    {
        using var output = new StringWriter();
        using var steps = new StringWriter();
        var arguments = ImageArguments.Parse([verb, "tiny", "--registry", registry.Address])!;
        await new ImagePipeline(arguments, new Progress(steps)).RunAsync(output, default);
        return (JsonNode.Parse(output.ToString())!.AsObject(), steps.ToString());
    }

    private static async Task<string> ExtractAsync(string folder)
    {
        var images = Path.Combine(ImageArguments.Parse(["build", "tiny"])!.Cache, "images", $"tiny-{Recipe.Named("tiny").InputsHash()}");
        var program = Path.Combine(folder, "tinybot");
        foreach (var layer in Directory.EnumerateFiles(Path.Combine(images, Layer.Folder)))
        {
            await using var tar = new TarReader(new GZipStream(File.OpenRead(layer), CompressionMode.Decompress));
            while (await tar.GetNextEntryAsync() is { } entry)
            {
                if (entry.Name == "usr/local/bin/tinybot")
                {
                    await entry.ExtractToFileAsync(program, overwrite: false);
                }
            }
        }

        return program;
    }

    private static Process Start(string program, string folder, int port)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PORT"] = $"{port}";
        start.Environment["OPENCLAW_STATE_DIR"] = folder;
        start.Environment["TOKEN_FILE"] = Path.Combine(folder, "token");
        return Process.Start(start)!;
    }

    private static async Task StopAsync(Process bot)
    {
        await Tool.RunAsync("kill", ["-TERM", $"{bot.Id}"], default);
        await bot.WaitForExitAsync();
        Assert.Equal(0, bot.ExitCode);
    }

    private static async Task HammerAsync(int port, CancellationToken ready)
    {
        while (!ready.IsCancellationRequested)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, CancellationToken.None);
            }
            catch (SocketException)
            {
                // Nobody listens yet.
            }

            await Task.Delay(1, CancellationToken.None);
        }
    }

    private static async Task ReadyAsync(HttpClient http, Process bot)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var ready = await http.GetAsync("/readyz");
                ready.EnsureSuccessStatusCode();
                return;
            }
            catch (HttpRequestException) when (attempt < 300)
            {
                Assert.False(bot.HasExited, bot.HasExited ? $"{bot.ExitCode}: {await bot.StandardError.ReadToEndAsync()}" : "");
                await Task.Delay(50);
            }
        }
    }

    private static async Task<HttpResponseMessage> AskAsync(HttpClient http, string token, string text)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = JsonContent.Create(new { model = "m", messages = new[] { new { role = "user", content = text } } });
        return await http.SendAsync(request);
    }
}
