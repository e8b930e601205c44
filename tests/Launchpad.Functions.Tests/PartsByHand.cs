using Launchpad.Host.Tests;
using Launchpad.Processes;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Launchpad.Functions.Tests;

/// <summary>The app's own parts without its host, on tables of their own and by a clock that is moved by hand.</summary>
internal sealed class PartsByHand : IAsyncDisposable
{
    private readonly Azurite azurite = new();
    private ServiceProvider services = null!;

    public ManualTime Clock { get; } = new(new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));

    /// <summary>The one that there is, whose address is ada@example.com.</summary>
    public string Account { get; private set; } = "";

    /// <param name="settings">Beside those without which nothing starts.</param>
    /// <param name="more">What takes the place of parts that lead elsewhere.</param>
    public async Task StartAsync(IReadOnlyDictionary<string, string?> settings, Action<IServiceCollection>? more = null)
    {
        await azurite.InitializeAsync();
        var all = new Dictionary<string, string?>(settings)
        {
            ["Storage:ConnectionString"] = azurite.ConnectionString,
            ["KeyVault:Uri"] = "https://vault.invalid/",
            ["Backups:StoreUri"] = $"{azurite.Blobs}",
            ["Mail:Server"] = "127.0.0.1",
            ["Mail:From"] = "launchpad@example.com",
        };
        var collection = new ServiceCollection().AddLogging().AddLaunchpad(new ConfigurationBuilder().AddInMemoryCollection(all).Build())
            .AddSingleton<TimeProvider>(Clock);
        more?.Invoke(collection);
        services = collection.BuildServiceProvider();
        await Get<Tables>().CreateAllAsync(CancellationToken.None);
        Account = (await Get<AccountStore>()
            .CreateAsync("ada@example.com", "ada@example.com", "no password", "127.0.0.1", CancellationToken.None))!.Id;
    }

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await azurite.DisposeAsync();
    }
}
