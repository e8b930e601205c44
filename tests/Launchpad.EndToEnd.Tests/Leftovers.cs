using Azure.Data.Tables;

namespace Launchpad.EndToEnd.Tests;

/// <summary>Everything that may exist for a deployment, looked for where it would be.</summary>
public static class Leftovers
{
    /// <summary>Whatever is found of the deployment on machines, in promises, names, secrets; empty when nothing is.</summary>
    /// <param name="kept">Secrets that the customer typed and that stay for another try.</param>
    public static async Task<IReadOnlyList<string>> OfAsync(Stack stack, string deployment, params string[] kept)
    {
        var found = new List<string>();
        foreach (var machine in await stack.MachinesAsync())
        {
            // By the part after the prefix: a candidate's name has the same.
            var script = "docker ps -a --format '{{.Names}}' | grep -F $1; ls -d /var/lib/launchpad/*$1* /run/launchpad/*$1* 2>/dev/null; "
                + "docker network ls --format '{{.Name}}' | grep -F $1; curl -sf localhost:2019/config/ 2>/dev/null | grep -oF $1; mount | grep -F $1; true";
            var left = await Stack.OnMachineAsync(machine, "sh", "-c", script, "leftovers", deployment[4..]);
            found.AddRange(left.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => $"{machine}: {line}"));
        }

        await foreach (var vm in stack.Table("vms").QueryAsync<TableEntity>())
        {
            if (vm.GetString("reservations")?.Contains(deployment[4..], StringComparison.Ordinal) == true)
            {
                found.Add($"reserved on {vm.RowKey}");
            }
        }

        await foreach (var secret in stack.Table("secrets").QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {deployment}")))
        {
            if (!kept.Contains(secret.RowKey))
            {
                found.Add($"secret {secret.RowKey}");
            }
        }

        return found;
    }

    /// <summary>Machines in the table and machines in the cloud are the same ones.</summary>
    public static async Task AssertMachinesAgreeAsync(Stack stack)
    {
        var rows = await stack.Table("vms").QueryAsync<TableEntity>().Where(row => row.RowKey != "pool").CountAsync();
        Assert.Equal(rows, (await stack.MachinesAsync()).Length);
    }
}
