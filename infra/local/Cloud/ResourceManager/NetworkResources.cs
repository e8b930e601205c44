using System.Text.Json.Nodes;

namespace Launchpad.Local.ResourceManager;

/// <summary>Network interfaces, public addresses and disks: made, shown and removed with their machine.</summary>
public sealed class NetworkResources(StateFile<ArmState> state, VirtualMachines machines)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "Microsoft.Network/networkInterfaces", machine => [machine.NetworkInterface()]);
        Map(routes, "Microsoft.Network/publicIPAddresses", PublicIps);
        Map(routes, "Microsoft.Compute/disks", machine => [machine.Disk()]);
        routes.MapGet($"{Arm.GroupPath}/resources", All);
        routes.MapGet("/subscriptions/{subscription}/resources", All);
    }

    private void Map(IEndpointRouteBuilder routes, string type, Func<VmAnswers, IEnumerable<JsonObject>> of)
    {
        IEnumerable<JsonObject> Every() => state.Read().Machines.Values.SelectMany(machine => of(machines.Answers(machine)));
        IResult Page() => Arm.Page(Every());
        var path = $"/providers/{type}";
        routes.MapGet(Arm.GroupPath + path, Page);
        routes.MapGet("/subscriptions/{subscription}" + path, Page);
        routes.MapGet($"{Arm.GroupPath}{path}/{{name}}", (string name) =>
        {
            var found = Every().FirstOrDefault(one => name.Equals((string?)one["name"], StringComparison.OrdinalIgnoreCase));
            return Arm.Json(found ?? throw ArmException.ResourceNotFound(type, name));
        });
    }

    private static IEnumerable<JsonObject> PublicIps(VmAnswers machine) => machine.PublicIpName is null ? [] : [machine.PublicIp()];

    // The list of everything shows what a thing is, not its properties.
    private IResult All()
    {
        var found = state.Read().Machines.Values.Select(machines.Answers).SelectMany(machine => (JsonObject[])
        [
            machine.VirtualMachine(instanceView: null), machine.NetworkInterface(), .. PublicIps(machine), machine.Disk(),
        ]).ToList();
        found.ForEach(one => one.Remove("properties"));
        return Arm.Page(found);
    }
}
