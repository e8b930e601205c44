using System.Diagnostics;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Launchpad.Local.Demo;
using Launchpad.Processes;

namespace Launchpad.EndToEnd.Tests;

/// <summary>A bot that its owner takes along, on this host's own Docker, as on any computer: what starts it knows nothing of us.</summary>
[Collection(OnOneStack.Name)]
public sealed class EjectTests(OnOneStack.Fixture fixture) : OnSharedStackTests(fixture), IDisposable
{
    /// <summary>How Docker holds a bot otherwise than on a machine, and why.</summary>
    private static readonly string[] Apart =
    [
        "NetworkMode", "PortBindings", // a machine's proxy goes to the bot's own network; here a port of this computer does
        "Dns", // a machine's answers nobody, so that nothing gets out by it
        "Mounts", // the same places, of other folders
    ];

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("launchpad-eject-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_bot_that_was_taken_along_comes_up_on_plain_Docker_and_needs_nobody_from_then_on()
    {
        using var customer = await stack.SignedUpAsync();
        var (deployment, _) = await customer.RunningAsync(new { name = "Ada", plan = "starter", modelKey = "sk-mine-alone" });
        using (var bot = await TinyDoor.OfAsync(stack, customer, deployment))
        {
            await bot.AskAsync("one");
        }

        await customer.BackedUpAsync(deployment);
        var machine = await stack.MachineOfAsync(deployment);
        var confined = JsonNode.Parse(await Stack.OnMachineAsync(machine, "docker", "inspect", $"launchpad-{deployment}"))![0]!;
        var home = await EjectedAsync(customer, deployment, "first");
        Directory.CreateDirectory(Path.Combine(home, "data.part", "left by one that was broken off"));
        try
        {
            var asks = await StartAsync(home);
            Assert.Equal(1, asks.Code);
            Assert.EndsWith("run ./start again: secrets/model-key", asks.Said, StringComparison.Ordinal);
            Assert.False(Directory.Exists(Path.Combine(home, "data", "left by one that was broken off")));

            await File.WriteAllTextAsync(Path.Combine(home, "secrets", "model-key"), "sk-mine-alone\n");
            await StartedAsync(home);
            using (var bot = Door(home))
            {
                Assert.Equal(new(Boots: 2, Messages: 1), await bot.AboutAsync());
                Assert.Equal("Echo: two", await bot.AskAsync("two"));
            }

            await IsConfinedAsync(home, confined);
            var second = await EjectedAsync(customer, deployment, "second");
            await RefusesAsync(second, $"what it knows in {home}/data. Remove it first: docker rm --force");

            // Launchpad is gone, and so are its store and its registry.
            await customer.DeletedAsync(deployment);
            await ForgottenAsync(home);
            File.Delete(Path.Combine(home, "archive.json"));
            await ChangedAsync(home, "container.json", container =>
                container["image"] = "127.0.0.1:1/" + ((string)container["image"]!).Split('/', 2)[1]);
            await StartedAsync(home);
            using (var bot = Door(home))
            {
                Assert.Equal(new(Boots: 3, Messages: 2), await bot.AboutAsync());
            }
        }
        finally
        {
            await ForgottenAsync(home);
        }
    }

    [Fact]
    public async Task What_is_not_whole_is_not_taken_for_the_bots_data()
    {
        using var customer = await stack.SignedUpAsync();
        var (deployment, _) = await customer.RunningAsync();
        await customer.BackedUpAsync(deployment);

        var late = await EjectedAsync(customer, deployment, "late");
        await ChangedAsync(late, "archive.json", archive =>
            archive["url"] = ((string)archive["url"]!).Replace("&se=20", "&se=19", StringComparison.Ordinal));
        await RefusesAsync(late, "Eject the bot again (POST …/eject) and put the archive.json of that bundle in this one's place.");

        var closed = await EjectedAsync(customer, deployment, "closed");
        await ChangedAsync(closed, "archive.json", archive =>
            archive["identity"] = "AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ");
        await RefusesAsync(closed, "the archive could not be opened");

        var whole = await EjectedAsync(customer, deployment, "whole");
        var blobs = await stack.Backups().GetBlobsAsync(BlobTraits.None, BlobStates.None, $"{deployment}/", default)
            .Where(blob => !blob.Name.EndsWith(".json", StringComparison.Ordinal)).ToListAsync();
        var archive = stack.Backups().GetAppendBlobClient(Assert.Single(blobs).Name);
        var stored = (await archive.DownloadContentAsync()).Value.Content.ToArray();
        stored[stored.Length / 2] ^= 1;
        await archive.DeleteAsync();
        await archive.CreateAsync();
        await archive.AppendBlockAsync(new MemoryStream(stored));
        await RefusesAsync(whole, "the archive could not be opened");
        await customer.DeletedAsync(deployment);
    }

    private static async Task RefusesAsync(string home, string words)
    {
        var (code, said) = await StartAsync(home);
        Assert.Equal(1, code);
        Assert.Contains(words, said, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(home, "data*"));
    }

    /// <summary>Docker itself says what it holds the bot to: field by field as on the machine, but for what has a reason.</summary>
    private static async Task IsConfinedAsync(string home, JsonNode machine)
    {
        var here = JsonNode.Parse(await Stack.DockerAsync("inspect", Path.GetFileName(home)))![0]!;
        var differ = machine["HostConfig"]!.AsObject().Select(field => field.Key)
            .Where(field => !JsonNode.DeepEquals(Bare(machine["HostConfig"]![field]), Bare(here["HostConfig"]![field])));
        Assert.Equal(Apart.Order(), differ.Order());
        foreach (var field in new[] { "User", "Hostname", "StopTimeout" })
        {
            Assert.Equal($"{machine["Config"]![field]}", $"{here["Config"]![field]}");
        }

        Assert.Equal(Environment(machine), Environment(here));

        static IEnumerable<string> Environment(JsonNode container) => container["Config"]!["Env"]!.AsArray().Select(entry => (string)entry!).Order();

        // Docker writes nothing in several ways, and its command line sorts what its interface does not.
        static JsonNode? Bare(JsonNode? value) => value switch
        {
            JsonArray { Count: 0 } or JsonObject { Count: 0 } => null,
            JsonArray list => new JsonArray([.. list.OrderBy(item => $"{item}", StringComparer.Ordinal).Select(item => item?.DeepClone())]),
            _ => value,
        };
    }

    private TinyDoor Door(string home) => new(
        new BotDoor(new Uri("http://localhost:18789/"), stack.CaPath), File.ReadAllText(Path.Combine(home, "secrets", "gateway-token")));

    /// <summary>Its folder, unpacked as a person does.</summary>
    private async Task<string> EjectedAsync(Customer customer, string deployment, string name)
    {
        var inside = folder.CreateSubdirectory(name).FullName;
        using var answer = await customer.Api.PostAsync(new Uri($"deployments/{deployment}/eject", UriKind.Relative), null, Stack.Within(1));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        var packed = Path.Combine(inside, answer.Content.Headers.ContentDisposition!.FileName!);
        await File.WriteAllBytesAsync(packed, await answer.Content.ReadAsByteArrayAsync());
        using var tar = Process.Start("tar", ["-xzf", packed, "-C", inside]);
        await tar.WaitForExitAsync();
        return Assert.Single(Directory.GetDirectories(inside));
    }

    private static Task<(int Code, string Said)> StartAsync(string home) => Script.RunAsync(Path.Combine(home, "start"), "");

    private static async Task StartedAsync(string home)
    {
        var (code, said) = await StartAsync(home);
        Assert.True(code == 0, said);
        var token = await File.ReadAllTextAsync(Path.Combine(home, "secrets", "gateway-token"));
        Assert.Contains($"http://localhost:18789/#token={token}", said, StringComparison.Ordinal);
    }

    private static async Task ChangedAsync(string home, string file, Action<JsonNode> change)
    {
        var path = Path.Combine(home, file);
        var document = JsonNode.Parse(await File.ReadAllTextAsync(path))!;
        change(document);
        await File.WriteAllTextAsync(path, document.ToJsonString());
    }

    /// <summary>Docker has nothing of it any more, as on another computer.</summary>
    private static async Task ForgottenAsync(string home)
    {
        var container = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(home, "container.json")))!;
        await Script.RunAsync("docker", "", "rm", "--force", Path.GetFileName(home));
        foreach (var image in (string[])["localImage", "image"])
        {
            await Script.RunAsync("docker", "", "rmi", "--force", (string)container[image]!);
        }
    }
}
