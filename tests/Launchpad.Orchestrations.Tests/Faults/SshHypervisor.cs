using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Runtime.CompilerServices;
using Launchpad.Local;
using Launchpad.Local.Machines;
using Microsoft.Extensions.Logging.Abstractions;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>The pocket cloud's machines without Docker: an sshd for each, at the address that the cloud says it has.</summary>
internal sealed class SshHypervisor(CloudContext cloud, int port, MachineVerbsFactory verbs)
    : Hypervisor(cloud, new DockerEngine("/nowhere"), new MachineImage(cloud.Home, "/nowhere", NullLogger.Instance)), IAsyncDisposable
{
    private readonly CloudContext cloud = cloud;
    private readonly ConcurrentDictionary<string, TenantMachine> machines = [];

    /// <summary>The number that the cloud gave a machine.</summary>
    public Func<string, int> NumberOf { get; set; } = _ => throw new InvalidOperationException("There is no cloud yet.");

    /// <summary>Those that are on, with what is on them.</summary>
    public ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, Tenant>> Tenants => machines
        .Where(one => one.Value.IsOn).ToImmutableSortedDictionary(one => one.Key, one => one.Value.Tenants);

    /// <summary>What is still known of on those that are on.</summary>
    public IEnumerable<string> Jobs => machines.Values.Where(one => one.IsOn).SelectMany(one => one.Jobs).Order(StringComparer.Ordinal);

    /// <summary>All machines restart, and are back at once.</summary>
    public void RestartAll()
    {
        foreach (var machine in machines.Values)
        {
            machine.Restart();
        }
    }

    /// <summary>Nothing is known of any job; what runs goes on.</summary>
    public void ForgetJobs()
    {
        foreach (var machine in machines.Values)
        {
            machine.Forget();
        }
    }

    public async Task RestoreAsync(ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, Tenant>> tenants)
    {
        ForgetJobs();

        // An address may have been another machine's since.
        await Task.WhenAll(machines.Where(one => !tenants.ContainsKey(one.Key)).Select(one => one.Value.SwitchAsync(on: false)));
        foreach (var (name, there) in tenants)
        {
            await machines[name].SwitchAsync(on: true);
            machines[name].Tenants = there;
        }
    }

    /// <summary>Somebody else changed what is on a machine.</summary>
    public void Change(string machine, string deployment, Func<Tenant, Tenant> change) =>
        machines[machine].Tenants = machines[machine].Tenants.SetItem(deployment, change(machines[machine].Tenants[deployment]));

    public override async Task<IPAddress> RunAsync(MachinePlan plan, CancellationToken cancellationToken)
    {
        // One that has never booted has a seed, and whatever had the name before is not it.
        if (plan.Seed is { } seed)
        {
            await RemoveAsync(plan.Name, cancellationToken);
            machines[plan.Name] = await TenantMachine.BootAsync(cloud.Ports.MachineAddress(NumberOf(plan.Name)), port, seed, verbs());
        }
        else
        {
            await (machines.TryGetValue(plan.Name, out var known) ? known.SwitchAsync(on: true) : throw new MachineLostException(plan.Name));
        }

        return IPAddress.Loopback;
    }

    public override Task<bool> IsRunningAsync(string machine, CancellationToken cancellationToken) =>
        Task.FromResult(machines.TryGetValue(machine, out var known) && known.IsOn);

    public override Task StopAsync(string machine, CancellationToken cancellationToken) =>
        machines.TryGetValue(machine, out var known) ? known.SwitchAsync(on: false) : Task.CompletedTask;

    public override Task RemoveAsync(string machine, CancellationToken cancellationToken) => StopAsync(machine, cancellationToken);

    public override Task StopAllAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(machines.Values.Select(machine => machine.SwitchAsync(on: false)));

    public override Task RemoveAllExceptAsync(Func<IEnumerable<string>> machines, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>None ends by itself.</summary>
    public override async IAsyncEnumerable<string> EndsAsync(
        DateTimeOffset since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        yield break;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var machine in machines.Values)
        {
            await machine.DisposeAsync();
        }
    }
}

internal delegate MachineVerbs MachineVerbsFactory();
