using Azure;
using Azure.Data.Tables;
using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Storage;
using Launchpad.Shared.Vms;

namespace Launchpad.Orchestrations.Tests;

/// <summary>A place is reserved, and that is cut off after any of its writes.</summary>
public sealed class ReservesTests : OnTables
{
    private const string NewVm = "vm_new";

    private static readonly CancellationToken Ct = CancellationToken.None;
    private static readonly ReserveInput s_input = new(Operation, Account, Id, NewVm);

    [Fact]
    public async Task Whatever_is_promised_is_where_the_deployment_says_wherever_it_was_cut_off()
    {
        await OrderedAsync();
        Reservation? reserved = null;
        for (var writes = 0; reserved is null; writes++)
        {
            reserved = await ReserveAsync(writes);
            var holders = await HoldersAsync();
            Assert.True(holders.Count == 0 || holders.Single() == (await DeploymentAsync()).Vm);
            Assert.True(writes < 30, "The reservation does not come to its end.");
        }

        Assert.Equal([NewVm], await HoldersAsync());
        Assert.Equal(new Reservation(NewVm, Ready: false), await New<CapacityActivities>().ReserveCapacity(s_input, Ct));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(9)]
    [InlineData(12)]
    public async Task What_a_cut_off_reservation_left_is_released_without_looking_for_it(int writes)
    {
        await OrderedAsync();
        await ReserveAsync(writes);
        await New<CapacityActivities>().ReleaseCapacity(new(Operation, Account, Id, Tier.Shared, Undoing: true), Ct);
        Assert.Empty(await HoldersAsync());
    }

    [Fact]
    public async Task A_place_on_a_machine_that_goes_away_is_given_up_before_another_one_is_named()
    {
        await OrderedAsync();
        Assert.Equal(NewVm, (await New<CapacityActivities>().ReserveCapacity(s_input, Ct)).Vm);
        await Get<VmStore>().ChangeAsync(Tier.Shared, NewVm, vm => vm with { Status = VmStatus.Retiring }, Ct);
        var again = await New<CapacityActivities>().ReserveCapacity(s_input with { NewVm = "vm_next" }, Ct);
        Assert.Equal(("vm_next", "vm_next"), (again.Vm, (await DeploymentAsync()).Vm));
        Assert.Equal(["vm_next"], await HoldersAsync());
    }

    [Fact]
    public async Task The_fullest_machine_with_room_is_found_among_many_by_its_index_and_a_row_that_lies_is_passed_over()
    {
        await OrderedAsync();
        var vms = Get<VmStore>();
        var starter = Plan.Get("starter");
        var used = new Dictionary<string, int>();
        for (var bot = 0; bot < 14; bot++)
        {
            var vm = (await vms.ReserveAsync(new("acc_2", $"dep_{bot}", null), starter, $"vm_{bot:D2}", _ => Task.CompletedTask, Ct)).Vm;
            used[vm] = used.GetValueOrDefault(vm) + starter.MemoryMb;
        }

        // Six and the room of a candidate fill a machine; the last one has two.
        Assert.Equal([6, 6, 2], used.Values.Select(mb => mb / starter.MemoryMb));
        foreach (var lie in new[] { "vm_00", "vm_xx" })
        {
            await Get<Tables>().Index.UpsertEntityAsync(
                new TableEntity("free-creating", $"00002048-{lie}") { ["vm"] = lie }, cancellationToken: Ct);
        }

        Assert.Equal("vm_12", (await vms.ReserveAsync(new("acc_2", "dep_14", null), starter, "vm_14", _ => Task.CompletedTask, Ct)).Vm);
    }

    [Fact]
    public async Task A_bot_that_moves_gets_no_place_where_it_is_nor_where_something_of_it_is_left()
    {
        await OrderedAsync();
        var (vms, starter) = (Get<VmStore>(), Plan.Get("starter"));
        foreach (var vm in new[] { "vm_00", "vm_01" })
        {
            await vms.ReserveAsync(new("acc_2", $"dep_{vm}", null, Except: "vm_00"), starter, vm, _ => Task.CompletedTask, Ct);
        }

        await vms.ChangeAsync(Tier.Shared, "vm_01", vm => vm.With(Account, Id, 2048) with { Status = VmStatus.Ready }, Ct);
        await vms.LeaveAsync("vm_01", Id, Ct);
        Assert.Equal("vm_01", (await vms.LeftByAsync(Id, Ct).ToListAsync(Ct)).Single().Id);
        var reserved = await vms.ReserveAsync(new(Account, Id, "vm_01", Except: "vm_00"), starter, NewVm, _ => Task.CompletedTask, Ct);
        Assert.Equal(NewVm, reserved.Vm);
        Assert.Equal("vm_00", (await vms.ReserveAsync(new("acc_2", "dep_2", null, Except: "vm_01"), starter, "vm_02", _ => Task.CompletedTask, Ct)).Vm);
    }

    private async Task OrderedAsync()
    {
        await AddAsync(DeploymentStatus.Provisioning, new(Operation, OperationKind.Provision, DateTimeOffset.UtcNow, "me"));
        await Get<DeploymentStore>().ChangeAsync(Account, Id, now => now with { Vm = null }, Ct);
        await Get<OperationStore>().AddAsync(
            new(
                Operation, Account, Id, OperationKind.Provision, OperationStatus.Accepted, "me", DateTimeOffset.UtcNow,
                DateTimeOffset.UtcNow.AddHours(1)),
            Ct);
    }

    private async Task<Reservation?> ReserveAsync(int writes)
    {
        Writes.Left = writes;
        try
        {
            return await New<CapacityActivities>().ReserveCapacity(s_input, Ct);
        }
        catch (RequestFailedException cut) when (cut.Status == 403)
        {
            return null;
        }
        finally
        {
            Writes.Left = null;
        }
    }

    private async Task<List<string>> HoldersAsync() => await Get<Tables>().Vms.QueryAsync<TableEntity>(cancellationToken: Ct)
        .Where(row => row.GetString("reservations")?.Contains(Id, StringComparison.Ordinal) == true)
        .Select(row => row.RowKey)
        .ToListAsync(Ct);
}
