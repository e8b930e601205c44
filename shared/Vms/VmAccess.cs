using System.Text.Json;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Ssh;
using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Vms;

/// <summary>The keys of a machine, and how it is spoken to. Both its own host key and the only client key that it lets in are made here
/// and kept in Key Vault, so the first connection is already pinned.</summary>
public sealed class VmAccess(SecretVault vault, VmProgram program, IOptions<VmOptions> options)
{
    /// <summary>Makes the keys unless they exist.</summary>
    public async Task<(SshKeyPair Host, SshKeyPair Client)> EnsureKeysAsync(string vm, CancellationToken ct) =>
        (await EnsureAsync(HostKeyName(vm), ct), await EnsureAsync(ClientKeyName(vm), ct));

    public async Task EraseKeysAsync(string vm, CancellationToken ct)
    {
        await vault.EraseAsync(HostKeyName(vm), ct);
        await vault.EraseAsync(ClientKeyName(vm), ct);
    }

    /// <summary>What a machine is told about its heartbeat; null when nobody takes any.</summary>
    public HeartbeatRequest? HeartbeatOf(string vm) => options.Value.ControlPlane is { } origin
        ? new(vm, new Uri(origin, $"/api/machines/{vm}/heartbeat").ToString())
        : null;

    /// <summary>For what is answered within seconds; <see cref="VmJobs"/> is for everything else.</summary>
    /// <param name="vm">Who is asked.</param>
    /// <param name="verb">That of the request.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <param name="progress">Told of every step of the machine, in order, while it goes on.</param>
    public async Task<TResult> RunAsync<TRequest, TResult>(
        Vm vm, VmVerb verb, TRequest request, CancellationToken ct, IProgress<VmStep>? progress = null)
        where TRequest : IQuestion
    {
        if (vm is not { Address: { } address, HostKey: { } hostKey })
        {
            throw new VmFailedException(VmErrorCode.ConnectionFailed, "The machine has no address yet.", retryable: true);
        }

        var clientKey = await ClientKeyAsync(vm.Id, ct);
        try
        {
            return await program.RunAsync<TRequest, TResult>(
                new(address, options.Value.SshPort, hostKey, vm.Id), clientKey, verb, request, progress, ct);
        }
        catch (VmFailedException refused) when (refused.Code == VmErrorCode.AccessDenied)
        {
            // The next attempt asks the vault: the machine may have been made anew, with other keys.
            vault.Forget(ClientKeyName(vm.Id));
            throw;
        }
    }

    private async Task<string> ClientKeyAsync(string vm, CancellationToken ct) =>
        await vault.RecallAsync(ClientKeyName(vm), options.Value.KeepKey, ct) is { } kept
            ? Read(kept).PrivateKeyPem
            : throw new PermanentException("vm-key-missing", "The key to the machine is gone, so it cannot be reached any more.");

    private async Task<SshKeyPair> EnsureAsync(string name, CancellationToken ct)
    {
        if (await vault.GetAsync(name, ct) is { } kept)
        {
            return Read(kept);
        }

        var made = SshKeyPair.Generate();
        await vault.SetAsync(name, JsonSerializer.Serialize(made), ct);
        return made;
    }

    private static SshKeyPair Read(string json) => JsonSerializer.Deserialize<SshKeyPair>(json)!;

    private static string HostKeyName(string vm) => $"{vm.Replace('_', '-').ToLowerInvariant()}-host-key";

    private static string ClientKeyName(string vm) => $"{vm.Replace('_', '-').ToLowerInvariant()}-client-key";
}
