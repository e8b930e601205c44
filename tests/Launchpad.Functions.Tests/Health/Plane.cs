using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.ResourceManager;
using Azure.Security.KeyVault.Secrets;
using Launchpad.Orchestrations;
using Launchpad.Orchestrations.Activities;
using Launchpad.Processes;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Storage;
using Launchpad.Shared.Vms;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Launchpad.Functions.Tests.Health;

/// <summary>The control plane as it is composed, over real tables and a real SSH server that answers for one machine. The clock, what the
/// machine says and what the cloud knows are the test's.</summary>
public sealed class Plane : IAsyncLifetime
{
    public const string Image = "registry.example/launchpad/openclaw@sha256:1";
    public static readonly VmLimits Limits = new(2048, 2, 10_240, 512);

    private readonly Azurite azurite = new() { IsAlone = true };
    private readonly Sshd sshd = new();
    private readonly List<string> inCloud = [];
    private readonly ConcurrentDictionary<string, int> outside = [];
    private WebApplication? world;
    private ServiceProvider? services;
    private int count;

    public Clock Clock { get; } = new();

    public Interlude Interlude { get; } = new();

    /// <summary>Every page that the operator's webhook took, newest last, and whether it takes any.</summary>
    public List<JsonElement> Told { get; } = [];

    public bool IsOperatorAway { get; set; }

    public T Get<T>()
        where T : notnull => services!.GetRequiredService<T>();

    /// <summary>Activities and functions, as the host makes them.</summary>
    public T Make<T>() => ActivatorUtilities.CreateInstance<T>(services!);

    public async Task InitializeAsync()
    {
        // One after the other: the first two have chosen their ports already, and the third takes any that is free.
        await azurite.InitializeAsync();
        await sshd.InitializeAsync();
        await StartWorldAsync();
        await File.WriteAllTextAsync(sshd.PathOf("program"), "the program");
        await File.WriteAllTextAsync(
            sshd.PathOf("authorized"),
            $"command=\"cat '{sshd.PathOf("answer")}'\" {await File.ReadAllTextAsync(sshd.PathOf("client.pub"))}");
        var settings = new Dictionary<string, string?>
        {
            ["Storage:ConnectionString"] = azurite.ConnectionString,
            ["KeyVault:Uri"] = "https://vault.example/",
            ["Azure:SubscriptionId"] = Guid.Empty.ToString(),
            ["Azure:DnsZone"] = "example",
            ["Azure:ImageId"] = "a:b:c:d",
            ["Routing:Domain"] = "bots.invalid",
            ["Backups:StoreUri"] = "https://store.invalid/",
            ["Health:PublicVia"] = Via("https"),
            ["Vms:ProgramPath"] = sshd.PathOf("program"),
            ["Vms:SshPort"] = $"{sshd.Port}",
            ["Vms:User"] = sshd.User,
            ["Operator:PageUrl"] = $"http://{Via("http")}/pages",
            ["Operator:Runbooks"] = "https://runbooks.example/",
        };
        var composed = new ServiceCollection().AddLogging()
            .AddLaunchpad(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        composed.AddSingleton<TimeProvider>(Clock);
        var options = new TableClientOptions();
        options.AddPolicy(Interlude, HttpPipelinePosition.PerCall);
        composed.AddSingleton(new TableServiceClient(azurite.ConnectionString, options));
        composed.AddSingleton(new ArmClient(
            new NoCredential(), Guid.Empty.ToString(), new ArmClientOptions { Transport = new HttpClientTransport(new Wire(InCloud)) }));
        composed.AddSingleton(new SecretClient(
            new("https://vault.example/"), new NoCredential(), new() { Transport = new HttpClientTransport(new Wire(InVault)) }));
        services = composed.BuildServiceProvider();
        await Get<Tables>().CreateAllAsync(CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await services!.DisposeAsync();
        await world!.DisposeAsync();
        await Task.WhenAll(azurite.DisposeAsync(), sshd.DisposeAsync());
    }

    /// <summary>A machine that the cloud has, with room for anything.</summary>
    public async Task<Vm> MachineAsync(ECDsa? key = null)
    {
        var id = $"vm_01K{Interlocked.Increment(ref count):D23}";
        var hostKey = key is null ? (await sshd.FingerPrintAsync("host")).Split(' ')[1]["SHA256:".Length..] : Fingerprint(Blob(key));
        var row = new TableEntity("shared", id)
        {
            ["status"] = "Ready",
            ["size"] = "s",
            ["capacityMb"] = 1 << 20,
            ["reservations"] = "{}",
            ["createdAt"] = Clock.Now.AddHours(-1),
            ["address"] = "127.0.0.1",
            ["hostKey"] = hostKey,
        };
        await Get<Tables>().Vms.AddEntityAsync(row);
        inCloud.Add(VmGateway.ResourceName(id));
        return await Get<VmStore>().GetAsync(Tier.Shared, id, CancellationToken.None);
    }

    /// <summary>A bot that runs there, as the tables say.</summary>
    public async Task<Deployment> BotAsync(string vm, string account = "acc_1")
    {
        var number = Interlocked.Increment(ref count);
        var bot = new Deployment
        {
            Account = account,
            Id = $"dep_01K{number:D23}",
            Name = "Ada",
            Slug = $"ada-{number}",
            Plan = "starter",
            Settings = new(null, null, false),
            CreatedAt = Clock.Now,
            Status = DeploymentStatus.Running,
            Vm = vm,
            ActiveVersion = 1,
            LastKnownGood = 1,
        };
        await Get<DeploymentStore>().AddAsync(bot, CancellationToken.None);
        await Get<ConfigVersionStore>().TryAddAsync(
            new(bot.Id, 1, new(Image, "starter", bot.Settings, [], []), ConfigVersionStatus.Active, Clock.Now, "me", "test"),
            CancellationToken.None);
        await Get<VmStore>().ChangeAsync(Tier.Shared, vm, machine => machine.With(bot.Account, bot.Id, 1), CancellationToken.None);
        return bot;
    }

    public Task<Deployment> ReadAsync(Deployment bot) => Get<DeploymentStore>().GetAsync(bot.Account, bot.Id, CancellationToken.None);

    public VmBot Well(Deployment bot) => new(bot.Id, true, true, Clock.Now.AddHours(-1), 0, null, false, Image, Limits, []);

    public VmBot Dead(Deployment bot) => Well(bot) with { Running = false, Ready = false, ExitCode = 1 };

    /// <summary>Arrives now.</summary>
    public Task<HeartbeatNews> BeatAsync(string vm, params VmBot[] bots) => Get<HeartbeatStore>().TryPutAsync(
        vm, Clock.Now.ToUnixTimeMilliseconds(), Clock.Now, Body(bots), CancellationToken.None);

    /// <summary>When the machine is to be looked at, whatever it says until then.</summary>
    public async Task<DateTimeOffset> DueAsync(string vm)
    {
        var row = (await Get<HeartbeatStore>().FindWatchAsync(vm, CancellationToken.None))!.Row.GetString("due");
        return new(long.Parse(row.Split('-')[1], CultureInfo.InvariantCulture), TimeSpan.Zero);
    }

    public byte[] Body(params VmBot[] bots) =>
        JsonSerializer.SerializeToUtf8Bytes(new VmReport(Clock.Now, 10, 5, bots), VmJson.Default.VmReport);

    /// <summary>What SSH hears from now on; null: the server refuses.</summary>
    public Task AnswerAsync(params VmBot[]? bots) => AnswerAsync(bots is null ? null : JsonSerializer.SerializeToElement(
        new FactsResult(1, 1, 1, 1, "k", "d", "c", true, [], bots), VmJson.Default.FactsResult));

    /// <summary>SSH hears from now on that something was removed.</summary>
    public Task RemovesAsync()
    {
        var removed = JsonSerializer.SerializeToElement(new RemoveResult("any", true), VmJson.Default.RemoveResult);
        return AnswerAsync(JsonSerializer.SerializeToElement(new JobResult("any", true, removed), VmJson.Default.JobResult));
    }

    private async Task AnswerAsync(JsonElement? value)
    {
        var line = JsonSerializer.Serialize(new VmLine(VmLine.Result, Ok: true, Value: value), VmJson.Default.VmLine);
        await File.WriteAllTextAsync(sshd.PathOf("answer"), value is null ? "" : line + "\n");
    }

    public void LoseInCloud(string vm) => inCloud.Remove(VmGateway.ResourceName(vm));

    public async Task<IReadOnlyList<Suspect>> SweepAsync() => (await Get<Sweep>().RunAsync(Clock.Now, CancellationToken.None)).Suspects;

    public Task<Findings> ExamineAsync(string vm, params Deployment[] bots) =>
        Make<HealthActivities>().Examine(Input(vm, bots), CancellationToken.None);

    public static RecoverInput Input(string vm, params Deployment[] bots) =>
        new(Tier.Shared, vm, [.. bots.Select(bot => new SweptBot(bot.Account, bot.Id))]);

    public static byte[] Blob(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        byte[][] fields = ["ecdsa-sha2-nistp256"u8.ToArray(), "nistp256"u8.ToArray(), [4, .. point.X!, .. point.Y!]];
        return [.. fields.SelectMany(field => (byte[])[0, 0, 0, (byte)field.Length, .. field])];
    }

    private static string Fingerprint(byte[] blob) => Convert.ToBase64String(SHA256.HashData(blob)).TrimEnd('=');

    /// <summary>What the bot's public address answers from now on; nobody listens there before.</summary>
    public void Outside(Deployment bot, int status) => outside[$"{bot.Slug}.bots.invalid"] = status;

    private string Via(string scheme) =>
        new Uri(world!.Urls.Single(url => url.StartsWith(scheme + ":", StringComparison.Ordinal))).Authority;

    /// <summary>The operator's webhook, and the public addresses of bots under a certificate that this process trusts.</summary>
    private async Task StartWorldAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseHttps(Trust.Certificate));
        });
        world = builder.Build();
        world.MapGet("/healthz", (HttpContext call) =>
        {
            if (!outside.TryGetValue(call.Request.Host.Host, out var status))
            {
                call.Abort();
                return Results.Empty;
            }

            return Results.StatusCode(status);
        });
        world.MapPost("/pages", (JsonElement page) =>
        {
            if (IsOperatorAway)
            {
                return Results.StatusCode(503);
            }

            Told.Add(page);
            return Results.NoContent();
        });
        await world.StartAsync();
    }

    private HttpResponseMessage InCloud(HttpRequestMessage request)
    {
        var name = request.RequestUri!.AbsolutePath.Split('/')[^1];
        return inCloud.Contains(name)
            ? Json(new
            {
                id = request.RequestUri.AbsolutePath,
                name,
                type = "Microsoft.Compute/virtualMachines",
                location = "here",
                properties = new { provisioningState = "Succeeded" },
            })
            : new(HttpStatusCode.NotFound);
    }

    private HttpResponseMessage InVault(HttpRequestMessage _) => Json(new
    {
        value = JsonSerializer.Serialize(new SshKeyPair(sshd.ClientKey, "", "")),
        id = "https://vault.example/secrets/key/1",
        attributes = new { enabled = true },
    });

    private static HttpResponseMessage Json(object value) => new(HttpStatusCode.OK) { Content = JsonContent.Create(value) };

    private sealed class Wire(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = answer(request);
            response.RequestMessage = request;
            return Task.FromResult(response);
        }
    }

    private sealed class NoCredential : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new("token", DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(GetToken(requestContext, cancellationToken));
    }
}
