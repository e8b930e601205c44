using System.Globalization;
using System.Text.Json.Nodes;
using Launchpad.Local.Machines;

namespace Launchpad.Local.ResourceManager;

/// <summary>How many cores the region's machines may have together: Microsoft.Quota sets it, Compute keeps to it.</summary>
public sealed class ComputeQuota(StateFile<ArmState> state)
{
    private const string Compute = "/subscriptions/{subscription}/providers/Microsoft.Compute/locations/{location}";
    private const string Cores = "cores";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet($"{Compute}/usages", () => Arm.Page([Usage(state.Read())]));
        routes.MapGet($"{Compute}/providers/Microsoft.Quota/quotas/{Cores}", () => Arm.Json(Limit(state.Read())));
        routes.MapPut($"{Compute}/providers/Microsoft.Quota/quotas/{Cores}", PutAsync);
    }

    /// <exception cref="ArmException">When the region has not as many left.</exception>
    public static void Check(ArmState state, string size)
    {
        var (used, more) = (Used(state), CoresOf(size));
        if (used + more > state.CoresMax)
        {
            throw new ArmException(409, "OperationNotAllowed", string.Create(
                CultureInfo.InvariantCulture,
                $"Operation could not be completed as it results in exceeding approved Total Regional Cores quota. Additional details - "
                + $"Deployment Model: Resource Manager, Location: {Arm.Location}, Current Limit: {state.CoresMax}, Current Usage: {used}, "
                + $"Additional Required: {more}, (Minimum) New Limit Required: {used + more}."));
        }
    }

    private async Task<IResult> PutAsync(HttpRequest request)
    {
        var limit = (await Arm.ReadAsync(request))["properties"]?["limit"]?["value"];
        return limit is JsonValue value && value.TryGetValue<int>(out var cores) && cores >= 0
            ? Arm.Json(Limit(state.Update(before => before with { CoresMax = cores })))
            : throw ArmException.Invalid("properties.limit.value is a number of cores.");
    }

    private static int Used(ArmState state) => state.Machines.Values.Sum(machine => CoresOf(machine.Size));

    private static int CoresOf(string size) => VmSizes.Find(size)?.Cpus ?? 0;

    private static JsonObject Limit(ArmState state) => new()
    {
        ["name"] = Cores,
        ["type"] = "Microsoft.Quota/quotas",
        ["properties"] = new JsonObject
        {
            ["limit"] = new JsonObject { ["limitObjectType"] = "LimitValue", ["value"] = state.CoresMax },
            ["name"] = Name(),
            ["unit"] = "Count",
        },
    };

    private static JsonObject Usage(ArmState state) => new()
    {
        ["currentValue"] = Used(state),
        ["limit"] = state.CoresMax,
        ["name"] = Name(),
        ["unit"] = "Count",
    };

    private static JsonObject Name() => new() { ["value"] = Cores, ["localizedValue"] = "Total Regional vCPUs" };
}
