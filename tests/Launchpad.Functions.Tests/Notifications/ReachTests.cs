using System.Net;
using Launchpad.Shared.Webhooks;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions.Tests.Notifications;

/// <summary>Nobody has this product call what he cannot call himself.</summary>
public sealed class ReachTests
{
    private static readonly Reach Nothing = new(new());

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("20.50.2.3")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("198.20.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2a00:1450:4001:80b::200e")]
    [InlineData("::ffff:1.1.1.1")]
    public void What_is_public_is_reached(string address) => Assert.True(Nothing.Allows(IPAddress.Parse(address)));

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("10.0.0.1")]
    [InlineData("100.64.0.1")]
    [InlineData("100.127.255.255")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.255")]
    [InlineData("168.63.129.16")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.192")]
    [InlineData("192.0.2.1")]
    [InlineData("192.88.99.1")]
    [InlineData("192.168.1.1")]
    [InlineData("198.18.0.1")]
    [InlineData("198.51.100.7")]
    [InlineData("203.0.113.7")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.250")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::7f00:1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::ffff:0:127.0.0.1")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("64:ff9b:1::a9fe:a9fe")]
    [InlineData("100::1")]
    [InlineData("2001::1")]
    [InlineData("2001:10::1")]
    [InlineData("2001:20::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::1")]
    [InlineData("2002:a9fe:a9fe::1")]
    [InlineData("3fff::1")]
    [InlineData("5f00::1")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    public void What_is_not_is_not(string address) => Assert.False(Nothing.Allows(IPAddress.Parse(address)));

    [Fact]
    public void What_the_operator_allows_is_reached_and_nothing_beside_it()
    {
        var reach = new Reach(new() { AllowedNetworks = "10.1.0.0/16, fd00:1::/32" });
        Assert.True(reach.Allows(IPAddress.Parse("10.1.2.3")));
        Assert.True(reach.Allows(IPAddress.Parse("::ffff:10.1.2.3")));
        Assert.True(reach.Allows(IPAddress.Parse("fd00:1::5")));
        Assert.False(reach.Allows(IPAddress.Parse("10.2.0.1")));
        Assert.False(reach.Allows(IPAddress.Parse("fd00:2::5")));
    }

    [Theory]
    [InlineData("http://example.com/")]
    [InlineData("ftp://example.com/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://example.com/")]
    [InlineData("//example.com/")]
    [InlineData("example.com")]
    [InlineData("https://")]
    [InlineData("https://user@example.com/")]
    [InlineData("https://user:secret@example.com/")]
    [InlineData("https://example.com@127.0.0.1/")]
    [InlineData("https://example.com/#part")]
    [InlineData("https://example.com:22/")]
    [InlineData("https://example.com:80/")]
    [InlineData("https://exam ple.com/")]
    [InlineData("https://example.com\\@127.0.0.1/")]
    [InlineData("https://example.com/\nHost: other")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f000001/")]
    [InlineData("https://0177.0.0.1/")]
    [InlineData("https://127.1/")]
    [InlineData("https://0/")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::ffff:10.0.0.1]/")]
    [InlineData("https://[64:ff9b::a9fe:a9fe]/")]
    [InlineData("")]
    public void What_is_typed_that_leads_nowhere_good_is_refused_at_once(string typed) => Assert.NotNull(WebhookUrl.Fault(typed, Nothing));

    [Theory]
    [InlineData("https://example.com/")]
    [InlineData("https://example.com:8443/hooks?for=launchpad")]
    [InlineData("https://bücher.example/")]
    public void What_is_an_address_is_taken(string typed) => Assert.Null(WebhookUrl.Fault(typed, Nothing));

    /// <summary>Whatever is typed, it is what a name leads to that counts, as it is when it is connected to.</summary>
    [Theory]
    [InlineData("https://localhost/")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::ffff:10.0.0.1]/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0/")]
    [InlineData("https://169.254.169.254/")]
    [InlineData("https://①②⑦.⓪.⓪.①/")]
    public async Task Nothing_is_connected_to_that_is_not_public(string url)
    {
        using var outbound = new OutboundHttp(Options.Create(new WebhookOptions()));
        using var gateway = new WebhookGateway(outbound, TimeProvider.System);
        var attempt = await gateway.SendAsync(new Uri(url), "evt_1", "{}", ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], CancellationToken.None);
        Assert.Equal((null, "forbidden-address"), (attempt.Status, attempt.Error));
    }
}
