using Launchpad.Local.Faults;
using Launchpad.Local.Machines;

namespace Launchpad.Local.ResourceManager;

/// <summary>Makes machines what the state says, one step at a time for each. A newer wish interrupts the work for an older one; a
/// process that died in between starts by looking at all of them again.</summary>
public sealed class Reconciler(
    CloudContext cloud, StateFile<ArmState> state, Hypervisor hypervisor, MachineAddresses addresses) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    private readonly ILogger _log = cloud.Loggers.CreateLogger<Reconciler>();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (Task Work, CancellationTokenSource Cancel)> _work = [];
    private Task _watching = Task.CompletedTask;

    /// <summary>Something about this machine may have to change.</summary>
    public void Look(string machine)
    {
        var key = ArmState.Key(machine);
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            var before = Task.CompletedTask;
            if (_work.TryGetValue(key, out var older))
            {
                older.Cancel.Cancel();
                before = older.Work;
            }

            var cancel = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            _work[key] = (Task.Run(() => WorkAsync(key, before, cancel)), cancel);
        }
    }

    public void Start() => _watching = WatchAsync();

    public async ValueTask DisposeAsync()
    {
        Task[] rest;
        lock (_gate)
        {
            _stopping.Cancel();
            rest = [.. _work.Values.Select(one => one.Work), _watching];
        }

        await Task.WhenAll(rest);
    }

    /// <summary>Adopts what runs, starts what should, removes what nobody knows; then again whenever a machine ends that nobody asked to
    /// end, or Docker itself went away and came back.</summary>
    private async Task WatchAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var since = cloud.Time.GetUtcNow();
                await hypervisor.RemoveAllExceptAsync(() => state.Read().Machines.Keys, _stopping.Token);
                LookAt(_ => true);
                await foreach (var ended in hypervisor.EndsAsync(since, _stopping.Token))
                {
                    LookAt(machine => hypervisor.ContainerName(machine.Name) == ended && EndedByItself(machine));
                }
            }
            catch (Exception failed) when (failed is HttpRequestException or IOException or DockerException)
            {
                _log.LogWarning("Docker does not answer, so machines are not looked after: {Why}", failed.Message);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(Pause, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private bool EndedByItself(VirtualMachine machine) => machine.Goal is Goal.Running && !state.Read().IsBusy(machine.Name);

    private void LookAt(Predicate<VirtualMachine> which)
    {
        foreach (var machine in state.Read().Machines.Values.Where(one => which(one)))
        {
            Look(machine.Name);
        }
    }

    private async Task WorkAsync(string key, Task before, CancellationTokenSource cancel)
    {
        await before;
        try
        {
            while (!await TryAsync(key, cancel.Token))
            {
                await Task.Delay(Pause, cancel.Token);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // A newer wish has its own look, and so has the next start.
        }
        finally
        {
            lock (_gate)
            {
                if (_work.TryGetValue(key, out var last) && last.Cancel == cancel)
                {
                    _work.Remove(key);
                }
            }

            cancel.Dispose();
        }
    }

    /// <summary>False: nobody is waiting for an answer to which the failure could be told, so it is worth another try.</summary>
    private async Task<bool> TryAsync(string key, CancellationToken cancellationToken)
    {
        if (state.Read().Machines.GetValueOrDefault(key) is not { } machine)
        {
            return true;
        }

        try
        {
            await MakeAsync(machine, cancellationToken);
            state.Update(before => before.Fulfil(machine, cloud.Time.GetUtcNow()));
            return true;
        }
        catch (Exception failed) when (!cancellationToken.IsCancellationRequested)
        {
            _log.LogError(failed, "The machine {Machine} could not be brought to {Goal}", machine.Name, machine.Goal);
            var tell = failed is MachineLostException || state.Read().IsBusy(key);
            if (tell)
            {
                var code = failed switch
                {
                    TimeoutException => "OSProvisioningTimedOut",
                    AllocationFailedException => "AllocationFailed",
                    _ => "InternalExecutionError",
                };
                var failure = new Failure(code, failed.Message);
                state.Update(before => before.Fail(machine, failure, cloud.Time.GetUtcNow()));
            }

            // A deletion is never given up: what it leaves costs money.
            return tell && machine.Goal is not Goal.Deleted;
        }
    }

    private async Task MakeAsync(VirtualMachine machine, CancellationToken cancellationToken)
    {
        if (machine.Goal is not Goal.Running || machine.RestartPending)
        {
            await addresses.CloseAsync(machine.Name);
        }

        if (machine is { Goal: Goal.Running, HasBooted: false })
        {
            await AllocateAsync(machine, cancellationToken);
        }

        switch (machine.Goal)
        {
            case Goal.Deleted:
                await hypervisor.RemoveAsync(machine.Name, cancellationToken);
                break;
            case Goal.Stopped or Goal.Deallocated:
                await hypervisor.StopAsync(machine.Name, cancellationToken);
                break;
            case Goal.Running:
                if (machine.RestartPending)
                {
                    await hypervisor.StopAsync(machine.Name, cancellationToken);
                }

                addresses.Open(machine.Name, machine.Number, await hypervisor.RunAsync(Plan(machine), cancellationToken));
                break;
        }
    }

    /// <summary>Azure takes an order and looks for a host afterwards. That it finds none is a rule of the fault plan.</summary>
    private async Task AllocateAsync(VirtualMachine machine, CancellationToken cancellationToken)
    {
        if ((await cloud.Faults.DecideAsync("allocation", "PUT", machine.Name, cancellationToken)).Kind is not FaultKind.None)
        {
            throw new AllocationFailedException();
        }
    }

    private static MachinePlan Plan(VirtualMachine machine)
    {
        var userData = machine.CustomData is { } data ? Convert.FromBase64String(data) : "#cloud-config\n{}\n"u8.ToArray();
        var seed = machine.HasBooted ? null : new Seed(machine.VmId, machine.Name, machine.AdminName, machine.AdminKeys, userData);
        return new MachinePlan(machine.Name, VmSizes.Find(machine.Size)!, seed);
    }
}

/// <summary>The region has no host for a machine of the size.</summary>
public sealed class AllocationFailedException() : Exception(
    "Allocation failed. We do not have sufficient capacity for the requested VM size in this region.");
