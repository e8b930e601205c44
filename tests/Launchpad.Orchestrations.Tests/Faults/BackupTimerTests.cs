using Launchpad.Functions;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Snapshots;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>What the clock does for backups, of bots and of the control plane, and whom it calls.</summary>
public sealed class BackupTimerTests(Theatre theatre) : IClassFixture<Theatre>
{
    private const string Subject = "control-plane";
    private static readonly TimerInfo Timer = new();

    [Fact]
    public async Task One_page_tells_of_bots_without_a_backup_and_goes_when_the_clock_has_made_them()
    {
        await BackedUpAsync();
        await theatre.Product.Make<BackupSchedules>().Watch(Timer, default);
        Assert.Empty(await MissingAsync("backups"));

        theatre.World.Clock.Advance(TimeSpan.FromHours(27));
        await theatre.Product.Make<BackupSchedules>().Watch(Timer, default);
        Assert.Contains(Bots.Deployment, Assert.Single(await MissingAsync("backups")).Reason, StringComparison.Ordinal);

        await theatre.Product.Make<BackupSchedules>().BackUp(Timer, theatre.Product.Client, default);
        var backup = (await theatre.Product.DeploymentAsync()).Operation!;
        Assert.Equal((OperationKind.Backup, "sweep"), (backup.Kind, backup.By));
        await theatre.Product.EndAsync(backup.Id);
        Assert.Equal(2, (await theatre.Product.Get<BackupStore>().ListAsync(Bots.Deployment, default)).Count);
        theatre.World.Clock.Advance(TimeSpan.FromMinutes(15));
        await theatre.Product.Make<BackupSchedules>().Watch(Timer, default);
        Assert.Empty(await MissingAsync("backups"));
    }

    [Fact]
    public async Task Where_none_is_due_nobody_looks_for_minutes_unless_one_becomes_due()
    {
        await BackedUpAsync();
        var clocks = theatre.Product.Get<BackupClocks>();
        await theatre.Product.Make<BackupSchedules>().BackUp(Timer, theatre.Product.Client, default);
        theatre.World.Wire.Begin();
        await theatre.Product.Make<BackupSchedules>().BackUp(Timer, theatre.Product.Client, default);
        Assert.InRange(theatre.World.Wire.Calls.Count, 1, 4);

        await clocks.UpdateAsync(Bots.Deployment, known => known with { DueAt = theatre.World.Clock.GetUtcNow() }, default);
        await theatre.Product.Make<BackupSchedules>().BackUp(Timer, theatre.Product.Client, default);
        var backup = (await theatre.Product.DeploymentAsync()).Operation!;
        Assert.Equal(OperationKind.Backup, backup.Kind);
        await theatre.Product.EndAsync(backup.Id);
    }

    [Fact]
    public async Task A_bot_is_tried_out_from_its_backup_when_its_month_is_over()
    {
        await BackedUpAsync();
        await theatre.Product.Make<BackupSchedules>().Drill(Timer, theatre.Product.Client, default);
        Assert.Null((await theatre.Product.DeploymentAsync()).Operation);

        theatre.World.Clock.Advance(TimeSpan.FromDays(31));
        await theatre.Product.Make<BackupSchedules>().Drill(Timer, theatre.Product.Client, default);
        var drill = (await theatre.Product.DeploymentAsync()).Operation!;
        Assert.Equal(OperationKind.Drill, drill.Kind);
        await theatre.Product.EndAsync(drill.Id);
        Assert.NotNull((await theatre.Product.Get<BackupStore>().NewestAsync(Bots.Deployment, default))!.ProvenAt);
    }

    [Fact]
    public async Task A_machine_without_room_for_two_fails_no_drill_each_day()
    {
        await (await theatre.Bots.RunningAsync("dedicated")).RestoreAsync(theatre.World);
        await theatre.Product.ForgetAsync();
        await theatre.Product.Get<BackupClocks>().UpdateAsync(
            Bots.Deployment, known => known with { DrillAt = theatre.World.Clock.GetUtcNow() }, default);
        await theatre.Product.Make<BackupSchedules>().Drill(Timer, theatre.Product.Client, default);
        Assert.Null((await theatre.Product.DeploymentAsync()).Operation);
    }

    [Fact]
    public async Task The_control_plane_is_backed_up_by_the_clock_and_somebody_is_called_while_it_cannot_be()
    {
        await (await theatre.Bots.RunningAsync("starter")).RestoreAsync(theatre.World);
        await theatre.Product.ForgetAsync();
        theatre.World.Wire.Begin((call, _) => call.Service == "blobs" && call.Method is not "GET" ? Blow.Refused : Blow.None);
        await theatre.Product.Make<ControlPlaneBackups>().Watch(Timer, default);
        theatre.World.Wire.Begin();
        Assert.Contains("no backup", Assert.Single(await MissingAsync(Subject)).Reason, StringComparison.Ordinal);

        await theatre.Product.Make<ControlPlaneBackups>().Watch(Timer, default);
        var first = (await theatre.Product.Get<SnapshotBlobs>().NewestAsync(default))!;
        Assert.True(first.Files.Sum(file => file.Rows) > 0);
        Assert.Empty(await MissingAsync(Subject));

        theatre.World.Clock.Advance(TimeSpan.FromDays(31));
        await theatre.Product.Make<ControlPlaneBackups>().BackUp(Timer, default);
        Assert.NotEqual(first.Name, Assert.Single(await theatre.Product.Get<SnapshotBlobs>().ListAsync(default)).Name);
    }

    /// <summary>Just now: another test may have moved the clock since a picture was taken, and pictures have no archives.</summary>
    private async Task BackedUpAsync()
    {
        await (await theatre.Bots.RunningAsync("starter")).RestoreAsync(theatre.World);
        await theatre.Product.ForgetAsync();
        await theatre.Bots.DoAsync(OperationKind.Backup);
        var now = theatre.World.Clock.GetUtcNow();
        await theatre.Product.Get<BackupClocks>().UpdateAsync(
            Bots.Deployment, known => known with { DueAt = now.AddHours(1), GoodAt = now, DrillAt = now.AddDays(30) }, default);
    }

    private async Task<IEnumerable<Page>> MissingAsync(string subject) =>
        (await theatre.Product.Get<Pager>().OpenAsync(default)).Where(page => page.Kind is PageKind.BackupMissing && page.Subject == subject);
}
