using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Launchpad.Local.Machines;

namespace Launchpad.Local.ResourceManager;

/// <summary>Compute's virtual machines: a call writes the wish down, the reconciler makes it true, the client polls.</summary>
public sealed class VirtualMachines(CloudContext cloud, StateFile<ArmState> state, Reconciler reconciler, Hypervisor hypervisor)
{
    private const string Type = "Microsoft.Compute/virtualMachines";

    // Addresses above are left for probes.
    private const int MachinesMax = 250;

    public void Map(IEndpointRouteBuilder routes)
    {
        var one = $"{Arm.GroupPath}/providers/{Type}/{{name}}";
        routes.MapPut(one, PutAsync);
        routes.MapGet(one, GetAsync);
        routes.MapPatch(one, PatchAsync);
        routes.MapDelete(one, (HttpRequest request, string name) => Delete(request, name));
        routes.MapGet(one + "/instanceView", async (string name, CancellationToken stop) =>
            Arm.Json(await InstanceViewAsync(Find(name), stop)));
        routes.MapPost(one + "/start", (HttpRequest request, string name) =>
            Act(request, name, machine => machine with { Goal = Goal.Running }));
        routes.MapPost(one + "/powerOff", (HttpRequest request, string name) =>
            Act(request, name, machine => machine with { Goal = machine.Goal is Goal.Deallocated ? Goal.Deallocated : Goal.Stopped }));
        routes.MapPost(one + "/deallocate", (HttpRequest request, string name) =>
            Act(request, name, machine => machine with { Goal = Goal.Deallocated }));
        routes.MapPost(one + "/restart", (HttpRequest request, string name) => Act(request, name, Restarted));
        routes.MapGet($"{Arm.GroupPath}/providers/{Type}", ListAsync);
        routes.MapGet($"/subscriptions/{{subscription}}/providers/{Type}", ListAsync);
        routes.MapGet("/subscriptions/{subscription}/providers/Microsoft.Compute/locations/{location}/vmSizes", Sizes);
    }

    public VmAnswers Answers(VirtualMachine machine) => new(machine, cloud.Ports.MachineAddress(machine.Number));

    private async Task<IResult> PutAsync(HttpRequest request, string name)
    {
        var asked = VmRequest.Parse(name, await Arm.ReadAsync(request));
        var (operation, now) = (Operations.NewId(), cloud.Time.GetUtcNow());
        var (created, repeated) = (false, false);
        var next = state.Update(before =>
        {
            var known = before.Machine(name);
            created = known is null;
            repeated = known is { Provisioning: Provisioning.Creating or Provisioning.Updating };
            return repeated
                ? before.Follow(Changed(known!, asked), operation, now)
                : before.Wish(known is null ? New(before, name, asked, now) : Changed(known, asked), operation, now);
        });
        var machine = next.Machine(name)!;
        if (!repeated)
        {
            reconciler.Look(machine.Name);
        }

        Operations.Announce(request, operation);
        return Arm.Json(Answers(machine).VirtualMachine(instanceView: null), created ? 201 : 200);
    }

    private static VirtualMachine New(ArmState state, string name, VmRequest asked, DateTimeOffset now)
    {
        ComputeQuota.Check(state, asked.Size);
        var taken = state.Machines.Values.Select(machine => machine.Number).ToHashSet();
        var number = Enumerable.Range(1, MachinesMax).FirstOrDefault(one => !taken.Contains(one));
        return number == 0
            ? throw new ArmException(
                409, "OperationNotAllowed",
                $"Operation could not be completed as it results in exceeding approved quota: {MachinesMax} machines.")
            : new VirtualMachine
            {
                Name = name,
                VmId = Guid.NewGuid().ToString(),
                Location = asked.Location,
                Size = asked.Size,
                Number = number,
                CreatedAt = now,
                Tags = asked.Tags,
                Properties = asked.Properties,
                AdminName = asked.AdminName,
                AdminKeys = asked.AdminKeys,
                CustomData = asked.CustomData,
                CustomDataHash = asked.CustomDataHash,
                Goal = Goal.Running,
                Provisioning = Provisioning.Creating,
            };
    }

    // The same request again finds what it made. Size and custom data are fixed at creation; Azure resizes, this cloud does not.
    private static VirtualMachine Changed(VirtualMachine known, VmRequest asked)
    {
        CheckNotDeleting(known);
        if (asked.CustomData is not null && asked.CustomDataHash != known.CustomDataHash)
        {
            throw new ArmException(409, "PropertyChangeNotAllowed", "Changing property 'osProfile.customData' is not allowed.");
        }

        if (!asked.Size.Equals(known.Size, StringComparison.OrdinalIgnoreCase) || asked.AdminName != known.AdminName)
        {
            throw new ArmException(
                409, "PropertyChangeNotAllowed", "Changing properties 'vmSize' and 'osProfile.adminUsername' is not allowed.");
        }

        return known with
        {
            Tags = asked.Tags,
            Provisioning = known.HasBooted ? Provisioning.Updating : Provisioning.Creating,
        };
    }

    private async Task<IResult> GetAsync(HttpRequest request, string name)
    {
        var machine = Find(name);
        var view = WantsView(request) ? await InstanceViewAsync(machine, request.HttpContext.RequestAborted) : null;
        return Arm.Json(Answers(machine).VirtualMachine(view));
    }

    private static bool WantsView(HttpRequest request) =>
        request.Query["$expand"].ToString().Equals("instanceView", StringComparison.OrdinalIgnoreCase);

    private async Task<IResult> ListAsync(HttpRequest request)
    {
        var views = request.Query["statusOnly"] == "true" || WantsView(request);
        var found = state.Read().Machines.Values.Select(async machine => Answers(machine).VirtualMachine(
            views ? await InstanceViewAsync(machine, request.HttpContext.RequestAborted) : null));
        return Arm.Page(await Task.WhenAll(found));
    }

    private async Task<IResult> PatchAsync(HttpRequest request, string name)
    {
        var body = await Arm.ReadAsync(request);
        if (body.Any(part => part.Key is not ("tags" or "id" or "name" or "type" or "location")))
        {
            throw new ArmException(400, "OperationNotAllowed", "The pocket cloud changes nothing but the tags of a virtual machine.");
        }

        var machine = state.Update(before =>
        {
            var known = before.Machine(name) ?? throw ArmException.ResourceNotFound(Type, name);
            CheckNotDeleting(known);
            return before with
            {
                Machines = before.Machines.SetItem(ArmState.Key(name), known with { Tags = VmRequest.ParseTags(body["tags"]) }),
            };
        }).Machine(name)!;
        return Arm.Json(Answers(machine).VirtualMachine(instanceView: null));
    }

    private IResult Delete(HttpRequest request, string name) => state.Read().Machine(name) is null
        ? Results.NoContent()
        : Wish(request, name, machine => machine with { Goal = Goal.Deleted, Provisioning = Provisioning.Deleting, CustomData = null });

    private IResult Act(HttpRequest request, string name, Func<VirtualMachine, VirtualMachine> wish) => Wish(request, name, machine =>
    {
        CheckNotDeleting(machine);
        return wish(machine) with { Provisioning = Provisioning.Updating };
    });

    private static VirtualMachine Restarted(VirtualMachine machine) => machine.Goal is Goal.Running
        ? machine with { RestartPending = true }
        : throw new ArmException(409, "OperationNotAllowed", $"Cannot restart the VM '{machine.Name}': it is not running.");

    private IResult Wish(HttpRequest request, string name, Func<VirtualMachine, VirtualMachine> wish)
    {
        var (operation, now) = (Operations.NewId(), cloud.Time.GetUtcNow());
        state.Update(before => before.Wish(wish(before.Machine(name) ?? throw ArmException.ResourceNotFound(Type, name)), operation, now));
        reconciler.Look(name);
        Operations.Announce(request, operation);
        return Results.StatusCode(202);
    }

    private VirtualMachine Find(string name) => state.Read().Machine(name) ?? throw ArmException.ResourceNotFound(Type, name);

    private async Task<JsonObject> InstanceViewAsync(VirtualMachine machine, CancellationToken cancellationToken) =>
        Answers(machine).InstanceView(await hypervisor.IsRunningAsync(machine.Name, cancellationToken));

    private static void CheckNotDeleting(VirtualMachine machine)
    {
        if (machine.Goal is Goal.Deleted)
        {
            throw new ArmException(
                409, "OperationNotAllowed",
                $"The request failed due to conflict with a concurrent request: '{machine.Name}' is being deleted.");
        }
    }

    private static IResult Sizes() => Arm.Page(VmSizes.All.OrderBy(size => size.Name, StringComparer.Ordinal).Select(size => new JsonObject
    {
        ["name"] = size.Name,
        ["numberOfCores"] = size.Cpus,
        ["memoryInMB"] = size.MemoryMb,
        ["osDiskSizeInMB"] = 1_047_552,
        ["resourceDiskSizeInMB"] = 0,
        ["maxDataDiskCount"] = 0,
    }));
}
