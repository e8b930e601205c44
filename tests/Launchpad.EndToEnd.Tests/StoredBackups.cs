using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using Azure.Storage.Blobs.Models;
using Launchpad.Local.Demo;

namespace Launchpad.EndToEnd.Tests;

/// <summary>What has to hold of backups whatever happened while one was made or brought back.</summary>
internal static class StoredBackups
{
    /// <summary>All that a backup or a restore makes on a machine and takes away again; what stays on purpose is not of it.</summary>
    private const string Passing = """
        cd "/var/lib/launchpad/$1" && ls -d copy* fetch* count* alarm backups/*.new volume.fetched 2>/dev/null
        ls -d "/run/launchpad/$1.identity" "/var/lib/launchpad/$1"?* 2>/dev/null
        mount | grep -o "/var/lib/launchpad/$1/\(copy\|fetch\)"
        true
        """;

    /// <summary>The rows of backups that could not be restored, and why; empty when each is whole. A row is believed by whoever reads it,
    /// so what it stands for is read to its end.</summary>
    public static async Task<IReadOnlyList<string>> BrokenAsync(Stack stack, string deployment)
    {
        var broken = new List<string>();
        var rows = stack.Table("backups").QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {deployment}"));
        await foreach (var row in rows)
        {
            var said = JsonNode.Parse(row.GetString("stored"))!;
            var archive = $"{deployment}/{row.GetString("archive")}";
            var (bytes, hash) = ((long)said["storedBytes"]!, (string)said["storedSha256"]!);
            if (await ReadAsync(stack, archive) is not { } found)
            {
                broken.Add($"{row.RowKey}: there is no archive");
            }
            else if (found.Length < bytes || Convert.ToHexStringLower(SHA256.HashData(found.AsSpan(0, (int)bytes))) != hash)
            {
                broken.Add($"{row.RowKey}: {found.Length} bytes, and not the {bytes} that were recorded");
            }

            var manifest = await ReadAsync(stack, archive + ".manifest.json");
            if (manifest is null || Convert.ToHexStringLower(SHA256.HashData(manifest)) != row.GetString("manifest"))
            {
                broken.Add($"{row.RowKey}: {(manifest is null ? "there is no manifest" : "its manifest is another one")}");
            }
        }

        return broken;
    }

    public static async Task<IReadOnlyList<string>> IdsAsync(this Customer customer, string deployment) =>
    [
        .. (await customer.AskedAsync(HttpMethod.Get, $"deployments/{deployment}/backups"))["backups"]!.AsArray()
            .Select(backup => (string)backup!["id"]!),
    ];

    /// <summary>What is left of it on the machine of a bot; empty when nothing is.</summary>
    public static async Task<IReadOnlyList<string>> LeftAsync(Stack stack, string deployment)
    {
        var left = await Stack.OnMachineAsync(await stack.MachineOfAsync(deployment), "sh", "-c", Passing, "left", deployment);
        return left.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>What the tiny bot was told, in the order in which it was.</summary>
    public static async Task<IReadOnlyList<string>> HeardAsync(Stack stack, string deployment)
    {
        var heard = await Stack.OnMachineAsync(
            await stack.MachineOfAsync(deployment), "cat", $"/var/lib/launchpad/{deployment}/volume/data/tinybot.heard");
        return [.. heard.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<string>(line)!)];
    }

    /// <summary>A restore that follows asks the store, and not the machine.</summary>
    public static async Task ForgetArchivesAsync(Stack stack, string deployment) => await Stack.OnMachineAsync(
        await stack.MachineOfAsync(deployment), "rm", "-rf", $"/var/lib/launchpad/{deployment}/backups");

    private static async Task<byte[]?> ReadAsync(Stack stack, string name)
    {
        try
        {
            BlobDownloadResult read = await stack.Backups().GetBlobClient(name).DownloadContentAsync();
            return read.Content.ToArray();
        }
        catch (Azure.RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
    }
}
