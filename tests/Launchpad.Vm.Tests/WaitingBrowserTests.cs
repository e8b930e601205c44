using Launchpad.Shared.Ssh;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Tests;

/// <summary>Browsers that wait for their owner's word, as the pinned release of OpenClaw keeps them.</summary>
[Collection(MachineCollection.Name)]
public sealed class WaitingBrowserTests(Machine machine) : IAsyncLifetime
{
    private const string Bot = "dep_01WAITING";
    private const string Waiting = "89c977a2-3700-4972-a7d2-5743945fa340";
    private const string Data = $"/var/lib/launchpad/{Bot}/volume/data";

    public Task InitializeAsync() => machine.ApplyAsync(Desired.State(Bot, machine.Image));

    public Task DisposeAsync() => machine.RemoveAsync(Bot);

    [Fact]
    public async Task They_are_read_from_where_the_bot_keeps_them_while_it_goes_on_writing_there()
    {
        Assert.Empty((await AskAsync())!);
        await machine.OnVmAsync($$"""
            mkdir -p {{Data}}/state
            now=$(date +%s)000
            sqlite3 {{Data}}/state/openclaw.sqlite >/dev/null 'PRAGMA journal_mode = WAL' "
              CREATE TABLE device_pairing_pending (request_id TEXT NOT NULL PRIMARY KEY, device_id TEXT NOT NULL, display_name TEXT, platform TEXT,
                client_id TEXT, ts INTEGER NOT NULL, refreshed_at_ms INTEGER) STRICT;
              INSERT INTO device_pairing_pending VALUES
                ('{{Waiting}}', 'a', 'Pixel 9' || char(8238) || char(10), 'Linux', 'webchat', $now, NULL),
                ('89c977a2-3700-4972-a7d2-5743945fa341', 'b', NULL, NULL, 'control-ui', $now - 290000, $now - 1000),
                ('89c977a2-3700-4972-a7d2-5743945fa342', 'c', 'long ago', NULL, NULL, $now - 400000, NULL),
                ('no id', 'd', 'odd', NULL, NULL, $now, NULL);"
            chown -R $(stat -c %u:%g {{Data}}) {{Data}}/state
            """);
        var waiting = (await AskAsync())!;
        Assert.Equal([(Waiting, "Pixel 9", "Linux"), ("89c977a2-3700-4972-a7d2-5743945fa341", "control-ui", null)],
            waiting.Select(one => (one.Request, one.Name, one.Platform)));
        Assert.DoesNotContain("browsers-", await machine.OnVmAsync($"ls /var/lib/launchpad/{Bot}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mkdir -p {0}/state; echo nothing like it > {0}/state/openclaw.sqlite", false)]
    [InlineData("mkdir -p {0}/state; sqlite3 {0}/state/openclaw.sqlite 'CREATE TABLE other (a TEXT)'", false)]
    [InlineData("mkdir -p {0}/state; ln -s /etc/shadow {0}/state/openclaw.sqlite", true)]
    [InlineData("mkdir -p /tmp/elsewhere; sqlite3 /tmp/elsewhere/openclaw.sqlite 'CREATE TABLE device_pairing_pending (a TEXT)'; ln -s /tmp/elsewhere {0}/state", true)]
    [InlineData("mkdir -p {0}/state; mkfifo {0}/state/openclaw.sqlite", true)]
    public async Task What_a_tenant_puts_there_instead_leads_nowhere(string done, bool isEmpty)
    {
        await machine.OnVmAsync(string.Format(null, done, Data));
        var waiting = await AskAsync();
        Assert.Equal(isEmpty, waiting is []);
        Assert.True(waiting is null or []);
    }

    [Fact]
    public async Task A_bot_that_is_not_there_has_none() =>
        Assert.Equal(VmErrorCode.NotFound, (await Assert.ThrowsAsync<VmFailedException>(
            () => machine.AskAsync<BrowsersRequest, BrowsersResult>(VmVerb.Browsers, new("dep_01NOBODY")))).Code);

    private async Task<IReadOnlyList<VmBrowser>?> AskAsync() =>
        (await machine.AskAsync<BrowsersRequest, BrowsersResult>(VmVerb.Browsers, new(Bot))).Waiting;
}
