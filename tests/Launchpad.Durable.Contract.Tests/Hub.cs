using Grpc.Core;
using Launchpad.Durable.Contract.App;

namespace Launchpad.Durable.Contract;

/// <summary>A store, and one host that works on it for all tests of a store.</summary>
public abstract class Hub : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly string _journal = Directory.CreateTempSubdirectory("launchpad-contract-").FullName;
    private HostProcess? _host;

    /// <summary>The official client, of the host that runs now.</summary>
    public DurableTaskClient Client => _host!.Client;

    /// <summary>Whether a client is told of a failure in parts. Not by Azure Storage, whose table of instances has no column for them.</summary>
    public virtual bool KeepsFailureDetails => true;

    /// <summary>How early something may be that was due at a time. The queues of Azure Storage count whole seconds.</summary>
    public virtual TimeSpan Earliness => TimeSpan.Zero;

    /// <summary>How a start or a purge may end whose id somebody purges meanwhile, beside beginning and being refused. Azure Storage does
    /// not find the rows that it saw.</summary>
    public virtual StatusCode? BesidePurge => null;

    /// <summary>Whether an id can be used again that was terminated and started by several at the same moment. In Azure Storage the row of
    /// the instance and its history may then be of two executions for good.</summary>
    public virtual bool TakesTerminationsBesideStarts => true;

    protected abstract IEnumerable<KeyValuePair<string, string>> Store { get; }

    public virtual async Task InitializeAsync() => _host = await StartHostAsync("one");

    public virtual async Task DisposeAsync()
    {
        await (_host?.DisposeAsync() ?? ValueTask.CompletedTask);
        Directory.Delete(_journal, recursive: true);
    }

    /// <summary>Ends host and worker as a loss of power does, and starts others on the same store.</summary>
    public async Task RestartAsync()
    {
        await _host!.DisposeAsync();
        _host = await StartHostAsync("one");
    }

    /// <summary>A host on the store; each needs a name of its own, by which it holds leases. That of the machine, the default, is not
    /// enough for two on one machine.</summary>
    public Task<HostProcess> StartHostAsync(string name) => HostProcess.StartAsync(
    [
        .. Store,
        new(Journal.Setting, _journal),
        new("WEBSITE_CURRENT_STAMPNAME", "contract"),
        new("RoleInstanceId", name),
    ]);

    public async Task<OrchestrationMetadata> UntilAsync(string id, Func<OrchestrationMetadata, bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var state = await Client.GetInstanceAsync(id, getInputsAndOutputs: true, CancellationToken.None);
            if (state is not null && condition(state))
            {
                return state;
            }

            if (patience.IsCancellationRequested)
            {
                var history = state is null ? [] : await Client.GetOrchestrationHistoryAsync(id, CancellationToken.None);
                throw new TimeoutException($"{id}: {state?.ToString() ?? "there is none"}\n{string.Join('\n', history)}\n{_host!.Output}");
            }

            await Task.Delay(Pause);
        }
    }

    /// <summary>Waits for what the app or its host logs.</summary>
    public async Task UntilSaysAsync(string text)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!_host!.HasSaid(text))
        {
            await Task.Delay(Pause, patience.Token);
        }
    }

    /// <summary>How often activities counted under the key.</summary>
    public int Count(string key) => Directory.GetFiles(_journal, key + ".*").Length;

    /// <summary>How often each of those counted whose key begins so.</summary>
    public IReadOnlyList<int> Shares(string prefix) =>
        [.. Directory.GetFiles(_journal, prefix + "*").GroupBy(file => Path.GetFileName(file).Split('.')[0]).Select(group => group.Count())];

    /// <summary>Kills the first host for good.</summary>
    public async Task KillAsync() => await _host!.DisposeAsync();

    /// <summary>Lets activities pass that wait at the gate.</summary>
    public void Open(string gate) => File.WriteAllText(Path.Combine(_journal, gate), "");
}
