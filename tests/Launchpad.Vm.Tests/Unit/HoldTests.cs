extern alias vm;
using vm::Launchpad.Shared.Vms;
using vm::Launchpad.Vm.Verbs;

namespace Launchpad.Vm.Tests.Unit;

public sealed class HoldTests
{
    private static readonly DateTimeOffset s_now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(false, 8, 30)]
    [InlineData(true, 8, 22)]
    [InlineData(true, 0, 30)]
    [InlineData(true, 25, 15)]
    [InlineData(true, -5, 30)]
    public void A_window_that_began_with_the_start_is_shorter_by_the_boot_and_never_less_than_half(bool fromStart, int age, int seconds) =>
        Assert.Equal(
            TimeSpan.FromSeconds(seconds),
            Health.HoldFor(new HealthRequest("dep_01", 0, 30, fromStart), s_now.AddSeconds(-age), s_now));
}
