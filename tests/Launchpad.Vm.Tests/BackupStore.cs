using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Azure.Storage.Sas;
using Launchpad.Processes;
using Launchpad.Shared.Ssh;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Tests;

/// <summary>A store that machines reach, with addresses as the control plane makes them, and what opens the backups in it.</summary>
public sealed class BackupStore : IAsyncLifetime
{
    private static readonly TimeSpan s_valid = TimeSpan.FromHours(1);

    private Azurite _azurite = null!;
    private BlobContainerClient _container = null!;

    /// <summary>Opens every backup of a test.</summary>
    public string Identity { get; private set; } = "";

    public string Recipient { get; private set; } = "";

    public async Task InitializeAsync()
    {
        var gateway = await RunAsync("docker", null, "network", "inspect", "bridge", "-f", "{{(index .IPAM.Config 0).Gateway}}");
        _azurite = new() { BlobHost = gateway.Trim() };
        await _azurite.InitializeAsync();
        _container = new BlobServiceClient(_azurite.Blobs, new StorageSharedKeyCredential(_azurite.AccountName, _azurite.AccountKey))
            .GetBlobContainerClient("backups");
        await _container.CreateAsync();
        Identity = await NewIdentityAsync();
        Recipient = (await RunAsync("age-keygen", Encoding.ASCII.GetBytes(Identity + "\n"), "-y")).Trim();
    }

    public Task DisposeAsync() => _azurite.DisposeAsync();

    public static async Task<string> NewIdentityAsync() =>
        (await RunAsync("age-keygen", null)).Split('\n').Single(line => line.StartsWith("AGE-", StringComparison.Ordinal));

    /// <summary>May be created and appended to, and nothing else.</summary>
    public Uri To(string blob) => AddressOf(blob, BlobSasPermissions.Create | BlobSasPermissions.Add);

    public Uri From(string blob) => AddressOf(blob, BlobSasPermissions.Read);

    public async Task<byte[]> ReadAsync(string blob) =>
        (await _container.GetBlobClient(blob).DownloadContentAsync()).Value.Content.ToArray();

    public Task WriteAsync(string blob, byte[] content) =>
        _container.GetBlobClient(blob).UploadAsync(BinaryData.FromBytes(content), overwrite: true);

    public async Task AppendAsync(string blob, byte[] content) =>
        await _container.GetAppendBlobClient(blob).AppendBlockAsync(new MemoryStream(content));

    public BackupRequest Backup(string deployment, string backup) => new(
        deployment, backup, To(backup), Recipient, HeldSecondsMax: 10, StoppedSecondsMax: 90, Keep: 0);

    /// <summary>As a job, as the control plane has it made.</summary>
    public static async Task<BackupResult> MakeAsync(Machine machine, BackupRequest request)
    {
        var (job, steps) = await machine.JobAsync($"op_01BACKUP-{Guid.NewGuid():n}", VmVerb.Backup, request);
        if (job.Error is { } error)
        {
            throw new VmFailedException(error);
        }

        Assert.Equal([VmSteps.Copy, VmSteps.Send], steps.Where(step => step.State is VmStepState.Done).Select(step => step.Name));
        return job.Value!.Value.Deserialize(VmJson.Default.BackupResult)!;
    }

    /// <summary>With the archive's own header, which is closed for <see cref="Identity"/>.</summary>
    public async Task<RestoreRequest> RestoreAsync(string deployment, BackupResult made)
    {
        var header = HeaderOf(await ReadAsync(made.Backup));
        return new(
            deployment, made.Backup, deployment, From(made.Backup), Convert.ToBase64String(header), header.Length, Identity,
            made.StoredBytes, made.StoredSha256, made.ArchiveBytes, made.ArchiveSha256, StorageMb: 32);
    }

    /// <summary>What somebody packed who is not a machine of ours.</summary>
    public async Task<RestoreRequest> RestoreOfTarAsync(string deployment, string backup, byte[] tar)
    {
        var zipped = await PipeAsync("zstd", tar, "-q", "-c");
        var stored = await PipeAsync("age", zipped, "-r", Recipient);
        await WriteAsync(backup, stored);
        var made = new BackupResult(
            backup, DateTimeOffset.UtcNow, stored.Length, Hash(stored), tar.Length, Hash(tar), new(0, 0, null, null, []), 0, 0);
        return await RestoreAsync(deployment, made);
    }

    public static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    public static byte[] HeaderOf(byte[] stored)
    {
        var mac = stored.AsSpan().IndexOf("\n--- "u8) + 1;
        return stored[..(mac + stored.AsSpan(mac).IndexOf((byte)'\n') + 1)];
    }

    private Uri AddressOf(string blob, BlobSasPermissions permissions) =>
        _container.GetBlobClient(blob).GenerateSasUri(permissions, DateTimeOffset.UtcNow + s_valid);

    private static async Task<string> RunAsync(string program, byte[]? input, params string[] arguments) =>
        Encoding.UTF8.GetString(await PipeAsync(program, input ?? [], arguments));

    private static async Task<byte[]> PipeAsync(string program, byte[] input, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        using var output = new MemoryStream();
        var read = process.StandardOutput.BaseStream.CopyToAsync(output);
        await process.StandardInput.BaseStream.WriteAsync(input);
        process.StandardInput.Close();
        await read;
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {await error}");
        return output.ToArray();
    }
}
