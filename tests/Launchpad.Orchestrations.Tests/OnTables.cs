using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Launchpad.Functions;
using Launchpad.Processes;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Launchpad.Orchestrations.Tests;

/// <summary>The product's services over real tables, whose writes can be cut off, and one bot in them.</summary>
public abstract class OnTables : IAsyncLifetime
{
    protected const string Account = "acc_1";
    protected const string Id = "dep_01K00000000000000000000000D";
    protected const string Operation = "op_01K00000000000000000000000P";
    protected const string Vm = "vm_1";

    private readonly Azurite azurite = new();
    private ServiceProvider services = null!;

    private protected WriteLimit Writes { get; } = new();

    public virtual async Task InitializeAsync()
    {
        await azurite.InitializeAsync();
        var settings = new Dictionary<string, string?>
        {
            ["Storage:ConnectionString"] = azurite.ConnectionString,
            ["KeyVault:Uri"] = "https://vault.invalid/",
            ["Azure:SubscriptionId"] = Guid.Empty.ToString(),
            ["Azure:DnsZone"] = "bots.invalid",
            ["Azure:ImageId"] = "a:b:c:d",
            ["Routing:Domain"] = "bots.invalid",
            ["Backups:StoreUri"] = $"{azurite.Blobs}",
            ["Vms:ProgramPath"] = typeof(OnTables).Assembly.Location,
        };
        var options = new TableClientOptions();
        options.AddPolicy(Writes, HttpPipelinePosition.PerCall);
        services = new ServiceCollection().AddLogging()
            .AddLaunchpad(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddSingleton(new Tables(new(azurite.ConnectionString, options)))
            .BuildServiceProvider();
        await Get<Tables>().CreateAllAsync(CancellationToken.None);
    }

    public virtual async Task DisposeAsync()
    {
        await services.DisposeAsync();
        await azurite.DisposeAsync();
    }

    protected T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    protected T New<T>() => ActivatorUtilities.CreateInstance<T>(services);

    protected Task<Deployment> DeploymentAsync() => Get<DeploymentStore>().GetAsync(Account, Id, CancellationToken.None);

    protected Task AddAsync(DeploymentStatus status, CurrentOperation? operation) => Get<DeploymentStore>().AddAsync(
        new()
        {
            Account = Account,
            Id = Id,
            Name = "Ada",
            Slug = "ada",
            Plan = "starter",
            Settings = new(null, null, false),
            CreatedAt = DateTimeOffset.UtcNow.AddMinutes(-1),
            Status = status,
            Vm = Vm,
            ActiveVersion = 1,
            LastKnownGood = 1,
            Operation = operation,
        },
        default);
}

/// <summary>Refuses every write after so many.</summary>
internal sealed class WriteLimit : HttpPipelineSynchronousPolicy
{
    /// <summary>Writes that still pass; null for all.</summary>
    public int? Left { get; set; }

    public override void OnSendingRequest(HttpMessage message)
    {
        if (message.Request.Method != RequestMethod.Get && Left is { } left && (Left = left - 1) < 0)
        {
            throw new RequestFailedException(403, "Nothing is written any more.");
        }
    }
}
