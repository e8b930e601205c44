using System.Text.Json;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Vms;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>What the deployment's row says, held against everything else that knows: machines, promises, vault, names, the payment provider,
/// and what the customer is told. It says where they differ.</summary>
internal sealed class Truth(Picture picture, Deployment deployment, IReadOnlyList<Operation> operations, bool isPaged)
{
    private readonly Plan plan = Plan.Get(deployment.Plan);

    public static async Task<Truth> OfAsync(Theatre theatre)
    {
        var picture = await Picture.OfAsync(theatre.World);
        var operations = new List<Operation>();
        foreach (var row in picture.Of("operations").Where(row => row.PartitionKey == Bots.Account))
        {
            operations.Add((await theatre.Product.Get<OperationStore>().FindAsync(Bots.Account, row.RowKey, default))!);
        }

        var pages = await theatre.Product.Get<Pager>().OpenAsync(default);
        var isPaged = pages.Any(page => page.Kind is PageKind.SagaFailed or PageKind.CrashLoop);
        return new(picture, await theatre.Product.DeploymentAsync(), operations, isPaged);
    }

    public IEnumerable<string> Lies() =>
    [
        .. Ended(), .. Money(), .. Machines(), .. deployment.Status switch
        {
            DeploymentStatus.Running => Up(),
            DeploymentStatus.Suspended => Stopped(),
            DeploymentStatus.Terminated => Gone(),
            // Whoever can still see to what was left has been called.
            DeploymentStatus.Failed => deployment.ActiveVersion is null && !isPaged ? Undone() : [],
            _ => [$"nobody works on it, and it is {deployment.Status}"],
        },
    ];

    /// <summary>Nothing of it is anywhere.</summary>
    public IEnumerable<string> Gone() =>
    [
        .. Undone(), .. Unless(deployment.Status is DeploymentStatus.Terminated, $"it is {deployment.Status}"),
        .. Secrets().Select(name => $"the secret {name} is left"),
        .. Unless(
            !picture.Of("secrets").Any(row => row.PartitionKey == Bots.Deployment), "secrets are left in the table"),
    ];

    private IEnumerable<string> Ended() =>
    [
        .. Unless(deployment is { Operation: null, Ending: null }, $"{deployment.Operation?.Id ?? deployment.Ending?.Operation} holds it"),
        // One that was never recorded never had the deployment, and counts for nothing.
        .. operations.Where(one => !one.IsFinished && picture.Of("records").Any(row => row.RowKey == $"once-{one.Id}"))
            .Select(one => $"{one.Kind} {one.Id} is {one.Status}"),
        .. operations.Where(one => one.Failure?.Undone.Any(said => said.StartsWith("Not yet", StringComparison.Ordinal)) is true && !isPaged)
            .Select(one => $"{one.Kind} says that the operator knows, and nobody told him"),
        .. Unless(
            deployment.Status is not DeploymentStatus.Failed || operations.Any(one => one.Status is OperationStatus.Failed) || isPaged,
            "it failed, and nothing says why"),
    ];

    /// <summary>Who has a bot pays for it, and who has none does not; a deletion begins with that.</summary>
    private IEnumerable<string> Money()
    {
        var (_, status, cents) = picture.Subscriptions().Single();
        var isDeleted = operations.Any(one => one is { Kind: OperationKind.Terminate, Status: OperationStatus.Failed })
            && deployment.Status is DeploymentStatus.Failed;
        var isPaid = deployment.Status is not DeploymentStatus.Terminated;
        return
        [
            .. Unless(isDeleted || (status == "active") == isPaid, $"it is {deployment.Status}, and its subscription is {status}"),
            .. Unless(!isPaid || cents == plan.MonthlyCents || isPaged, $"{plan.Name} is charged {cents}"),
        ];
    }

    /// <summary>The cloud has the machines that the table has.</summary>
    private IEnumerable<string> Machines()
    {
        var rows = Vms().Select(vm => VmGateway.ResourceName(vm.RowKey)).ToHashSet();
        return picture.Cloud.Machines.Keys.Where(name => !rows.Contains(name)).Select(name => $"nobody knows the machine {name}")
            .Concat(Promises().Where(one => one.Deployment != Bots.Deployment).Select(one => $"{one.Deployment} has {one.Mb} MB"));
    }

    private IEnumerable<string> Up()
    {
        var there = Tenants().Where(one => one.Deployment == Bots.Deployment).ToList();
        var image = State(deployment.ActiveVersion)?.GetProperty("image").GetString();
        var name = picture.Cloud.Records.GetValueOrDefault(Bots.Slug)?.Addresses[0];
        return
        [
            .. Unless(there is [{ Tenant.Runs: true }], "it does not run"),
            .. Unless(!deployment.NeedsData, "it runs without its data"),
            .. Unless(there is not [{ Tenant.IsCold: true }], "it is down since its machine restarted"),
            .. Unless(there is not [var one] || one.Machine == VmGateway.ResourceName(deployment.Vm ?? ""), "it runs somewhere else"),
            .. Unless(there is not [var one2] || one2.Tenant.Image == image, $"it runs {there.FirstOrDefault().Tenant?.Image}, not {image}"),
            .. Candidates(), .. Promised(), .. Unless(deployment.ActiveVersion == deployment.LastKnownGood, "its version is not known to be good"),
            .. Unless(name is not null && name == Address(), $"its name leads to {name}, its machine is at {Address()}"),
            .. Unless(Secrets().Any(secret => secret.EndsWith(BotSecretNames.GatewayToken, StringComparison.Ordinal)), "it has no token"),
            .. Unless(Version(deployment.ActiveVersion)?.GetString("status") == "Active", "its version is not active"),
        ];
    }

    private IEnumerable<string> Stopped() =>
    [
        .. Tenants().Where(one => one.Tenant.Runs && !isPaged).Select(one => $"{one.Deployment} runs"),
        // What is lost with a machine is lost.
        .. Unless(Tenants().Any(one => one.Tenant.Volume is not null) || picture.Tenants.IsEmpty, "its data is gone"),
        .. Unless(picture.Cloud.Records.IsEmpty, "it has a name"), .. Candidates(), .. Promised(),
    ];

    private IEnumerable<string> Undone() =>
    [
        .. Tenants().Select(one => $"{one.Deployment} is on {one.Machine}"),
        .. Promises().Select(one => $"{one.Deployment} has {one.Mb} MB"),
        .. Unless(picture.Cloud.Records.IsEmpty, "it has a name"),
        .. Secrets().Where(secret => secret.EndsWith(BotSecretNames.GatewayToken, StringComparison.Ordinal)).Select(secret => $"{secret} is left"),
    ];

    private IEnumerable<string> Candidates() => Tenants().Where(one => one.Deployment != Bots.Deployment).Select(one => $"{one.Deployment} is left");

    private IEnumerable<string> Promised() => Unless(
        Promises().ToList() is [{ } one] && one == (deployment.Vm, Bots.Deployment, plan.MemoryMb), $"{string.Join(", ", Promises())} is promised");

    private string? Address() => Vms().SingleOrDefault(vm => vm.RowKey == deployment.Vm)?.GetString("address");

    private IEnumerable<Azure.Data.Tables.TableEntity> Vms() => picture.Of("vms").Where(row => row.RowKey != "pool");

    private IEnumerable<(string? Vm, string Deployment, int Mb)> Promises() => Vms().SelectMany(
        vm => JsonSerializer.Deserialize<Dictionary<string, int>>(vm.GetString("reservations"))!, (vm, one) => (vm.RowKey, one.Key, one.Value))!;

    private IEnumerable<(string Machine, string Deployment, Tenant Tenant)> Tenants() =>
        picture.Tenants.SelectMany(machine => machine.Value, (machine, one) => (machine.Key, one.Key, one.Value));

    private IEnumerable<string> Secrets() => picture.Vault.Secrets.Keys
        .Where(name => name.StartsWith(Bots.Deployment.Replace('_', '-').ToLowerInvariant(), StringComparison.Ordinal));

    private Azure.Data.Tables.TableEntity? Version(int? number) =>
        picture.Of("configversions").SingleOrDefault(row => row.GetInt32("number") == number);

    private JsonElement? State(int? number) => Version(number) is { } row ? JsonElement.Parse(row.GetString("state")) : null;

    private static IEnumerable<string> Unless(bool isSo, string lie) => isSo ? [] : [lie];
}
