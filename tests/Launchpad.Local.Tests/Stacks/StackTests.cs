using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using Azure.Storage.Sas;

namespace Launchpad.Local.Tests.Stacks;

/// <summary>What a person and a crash do to a whole stack.</summary>
public sealed class StackTests
{
    private static readonly HttpClient Client = new();

    [Fact]
    public async Task It_starts_says_where_everything_is_and_stops_without_a_trace()
    {
        await using var stack = new LocalStack();
        var said = await stack.UpAsync("--control-plane", "none");
        var status = await stack.StatusAsync();

        Assert.True((bool)said["ok"]!);
        Assert.Equal($"https://localhost:{stack.Ports.KeyVault}", (string)said["addresses"]!["keyVault"]!);
        Assert.True((bool)status["ready"]!);
        Assert.Equal(HttpStatusCode.OK, (await Client.GetAsync(Local(stack.Ports.Registry, "/v2/"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Client.GetAsync(Local(stack.Ports.Admin, "/health"))).StatusCode);

        Assert.Equal(0, await stack.StopAsync());
        Assert.False((bool)(await stack.StatusAsync())["running"]!);
        Assert.All(Pids(status).Values, pid => Assert.False(Directory.Exists($"/proc/{pid}")));
    }

    [Fact]
    public async Task The_official_npm_packages_do_their_ordinary_work()
    {
        await using var stack = new LocalStack();
        await stack.UpAsync("--control-plane", "none");
        string[] scripts = ["keyvault.mjs", "tables.mjs", "blobs.mjs"];
        var results = await Task.WhenAll(scripts.Select(script => NodeAsync(script, stack)));

        Assert.All(results, result => Assert.Equal("ok\n", result));
    }

    [Fact]
    public async Task A_second_one_on_the_same_home_is_refused()
    {
        await using var stack = new LocalStack();
        await stack.UpAsync("--control-plane", "none");

        var (code, _, errors) = await stack.RunAsync("up", "--slot", $"{stack.Slot}", "--control-plane", "none");
        Assert.Equal(1, code);
        Assert.Contains("is running already (process", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        await using var stack = new LocalStack();
        using var squatter = new TcpListener(IPAddress.Loopback, stack.Ports.KeyVault);
        squatter.Start();

        var (code, _, errors) = await stack.RunAsync("up", "--slot", $"{stack.Slot}", "--control-plane", "none");
        Assert.Equal(1, code);
        Assert.Contains($"{stack.Ports.KeyVault}", errors, StringComparison.Ordinal);
        Assert.Contains("--slot", errors, StringComparison.Ordinal);
        Assert.Empty(Pids(await stack.StatusAsync()));
    }

    [Fact]
    public async Task What_a_killed_one_leaves_is_adopted_with_all_it_holds()
    {
        await using var stack = new LocalStack();
        var program = ControlPlane.Write(stack.Home.Root);
        await stack.UpAsync("--control-plane", program, "--image", "none");
        Assert.Equal("1", await Client.GetStringAsync(Local(stack.Ports.ControlPlane, "/visits")));
        var before = Pids(await stack.StatusAsync());
        Assert.Equal(["azurite", "control-plane", "registry"], before.Keys.Order());

        await stack.KillAsync();
        var left = await stack.StatusAsync();
        Assert.False((bool)left["running"]!);
        Assert.Equal(before, Pids(left));
        // As if it had been killed between starting the registry and writing that down.
        File.Delete(Path.Combine(stack.Home.Run, "registry.json"));

        await stack.UpAsync("--control-plane", program, "--image", "none");
        Assert.Equal(before, Pids(await stack.StatusAsync()));
        Assert.Equal("2", await Client.GetStringAsync(Local(stack.Ports.ControlPlane, "/visits")));
    }

    [Fact]
    public async Task Another_setting_is_reason_enough_for_a_new_process()
    {
        await using var stack = new LocalStack();
        var program = ControlPlane.Write(stack.Home.Root);
        await stack.UpAsync("--control-plane", program, "--image", "none");
        var before = Pids(await stack.StatusAsync());
        await stack.KillAsync();

        await stack.UpAsync("--control-plane", program, "--image", "none", "--set", "Quota__DeploymentsMax=7");
        var after = Pids(await stack.StatusAsync());
        Assert.Equal(before["azurite"], after["azurite"]);
        Assert.NotEqual(before["control-plane"], after["control-plane"]);
        Assert.Equal("7", (string)(await SettingsAsync(stack))["Quota__DeploymentsMax"]!);
    }

    [Fact]
    public async Task A_backup_comes_in_by_its_address_and_is_there_after_a_restart()
    {
        await using var stack = new LocalStack();
        await stack.UpAsync("--control-plane", "none");
        var container = new BlobContainerClient(Storage.StorageService.ConnectionString(stack.Ports), "backups");
        await container.CreateAsync();
        var backup = container.GetAppendBlobClient("dep_1/bak_1");
        using var machine = Sockets.Client(stack.Home.SocketPath("blobs.sock"));

        var write = Signed(backup, BlobSasPermissions.Add | BlobSasPermissions.Create);
        Assert.Equal(HttpStatusCode.Created, await PutAsync(machine, write, [], ("x-ms-blob-type", "AppendBlob")));
        var block = RandomNumberGenerator.GetBytes(4 * 1024 * 1024);
        var append = new Uri(write + "&comp=appendblock");
        Assert.Equal(HttpStatusCode.Created, await PutAsync(machine, append, block, ("x-ms-blob-condition-appendpos", "0")));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await PutAsync(machine, append, block, ("x-ms-blob-condition-appendpos", "0")));
        Assert.Equal(HttpStatusCode.Forbidden, (await machine.GetAsync(write)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await machine.GetAsync(new Uri(write.GetLeftPart(UriPartial.Path)))).StatusCode);

        await stack.StopAsync();
        await stack.UpAsync("--control-plane", "none");
        Assert.Equal(block, await machine.GetByteArrayAsync(Signed(backup, BlobSasPermissions.Read)));
    }

    [Fact]
    public async Task Down_stops_what_a_killed_one_left()
    {
        await using var stack = new LocalStack();
        await stack.UpAsync("--control-plane", ControlPlane.Write(stack.Home.Root), "--image", "none");
        var pids = Pids(await stack.StatusAsync());
        await stack.KillAsync();

        var (code, output, _) = await stack.RunAsync("down", "--json");
        Assert.Equal(0, code);
        var stopped = JsonNode.Parse(output)!["stopped"]!.AsArray().Select(name => (string)name!);
        Assert.Equal(["azurite", "control-plane", "registry"], stopped.Order());
        Assert.All(pids.Values, pid => Assert.False(Alive(pid)));
    }

    [Fact]
    public async Task The_control_plane_gets_its_settings_and_nothing_of_its_parents()
    {
        await using var stack = new LocalStack();
        stack.Environment["UNRELATED_SECRET"] = "canary";
        stack.Environment["OPENAI_API_KEY"] = "sk-canary";
        await stack.UpAsync("--control-plane", ControlPlane.Write(stack.Home.Root), "--image", "none");

        var settings = await SettingsAsync(stack);
        Assert.DoesNotContain(settings, setting => ((string)setting.Value!).Contains("canary", StringComparison.Ordinal));
        Assert.Equal($"https://localhost:{stack.Ports.KeyVault}/", (string)settings["KeyVault__Uri"]!);
        Assert.Contains(
            await File.ReadAllTextAsync(Path.Combine(stack.Home.Tls, "ca.pem")),
            await File.ReadAllTextAsync((string)settings["SSL_CERT_FILE"]!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_control_plane_that_dies_is_started_again_and_what_it_says_is_shown()
    {
        await using var stack = new LocalStack();
        await stack.UpAsync("--control-plane", ControlPlane.Write(stack.Home.Root), "--image", "none");
        await stack.HearsAsync("control-plane | listening");
        var first = Pids(await stack.StatusAsync())["control-plane"];

        await Assert.ThrowsAsync<HttpRequestException>(() => Client.GetAsync(Local(stack.Ports.ControlPlane, "/die")));
        await stack.HearsAsync("control-plane is back");

        Assert.NotEqual(first, Pids(await stack.StatusAsync())["control-plane"]);
        Assert.Equal(HttpStatusCode.OK, (await Client.GetAsync(Local(stack.Ports.ControlPlane, "/api/health"))).StatusCode);
    }

    [Fact]
    public async Task With_a_providers_key_the_real_provider_answers()
    {
        await using var stack = new LocalStack();
        // Another pocket cloud plays the provider; what it takes for a customer's key is the operator's.
        using var provider = new TestCloud();
        await provider.StartAsync();
        stack.Environment["OPENAI_API_KEY"] = "sk-operator";
        stack.Environment["OPENAI_BASE_URL"] = TestCloud.Address(provider.Ports.Models, "/v1").ToString();
        await stack.UpAsync("--control-plane", "none");
        var vault = new KeyVault.Vault(stack.Home, TimeProvider.System);

        using var request = new HttpRequestMessage(HttpMethod.Post, Local(stack.Ports.Models, "/v1/chat/completions"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", vault.Value("platform-model-key"));
        object[] messages = [new { role = "user", content = "hello" }];
        request.Content = JsonContent.Create(new { model = "launchpad-large", messages });
        using var answer = await Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var log = await File.ReadAllTextAsync(Path.Combine(provider.Context.Home.Logs, "models.log"));
        Assert.Contains("launchpad-large", log, StringComparison.Ordinal);
        await provider.DisposeAsync();
    }

    private static async Task<string> NodeAsync(string script, LocalStack stack)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(Home.Repository, "tests", "Launchpad.EndToEnd.Tests", "npm-sdks", script)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["LAUNCHPAD_NODE_MODULES"] = Home.Npm,
                ["NODE_EXTRA_CA_CERTS"] = Path.Combine(stack.Home.Tls, "ca.pem"),
                ["IDENTITY_ENDPOINT"] = Local(stack.Ports.Admin, "/msi/token").ToString(),
                ["IDENTITY_HEADER"] = Convert.ToHexStringLower(await File.ReadAllBytesAsync(stack.Home.KeyPath("identity-header"))),
                ["KEY_VAULT_URL"] = $"https://localhost:{stack.Ports.KeyVault}",
                ["STORAGE_CONNECTION"] = Storage.StorageService.ConnectionString(stack.Ports),
            },
        };
        using var node = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var (output, errors) = (node.StandardOutput.ReadToEndAsync(patience.Token), node.StandardError.ReadToEndAsync(patience.Token));
        await node.WaitForExitAsync(patience.Token);
        return await output + await errors;
    }

    /// <summary>As the control plane hands it to a machine.</summary>
    private static Uri Signed(AppendBlobClient blob, BlobSasPermissions permissions) =>
        new("http://10.254.0.1:9002" + blob.GenerateSasUri(permissions, DateTimeOffset.UtcNow.AddHours(1)).PathAndQuery);

    private static async Task<HttpStatusCode> PutAsync(HttpClient client, Uri address, byte[] body, (string Name, string Value) header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, address) { Content = new ByteArrayContent(body) };
        request.Headers.Add("x-ms-version", "2024-11-04");
        request.Headers.Add(header.Name, header.Value);
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }

    private static Uri Local(int port, string path) => new($"http://127.0.0.1:{port}{path}");

    private static bool Alive(int pid) =>
        File.Exists($"/proc/{pid}/stat") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);

    private static Dictionary<string, int> Pids(JsonNode status) =>
        status["children"]!.AsObject().Where(child => child.Key != "dockerd").ToDictionary(child => child.Key, child => (int)child.Value!);

    private static async Task<JsonObject> SettingsAsync(LocalStack stack) =>
        (await Client.GetFromJsonAsync<JsonObject>(Local(stack.Ports.ControlPlane, "/settings")))!;
}
