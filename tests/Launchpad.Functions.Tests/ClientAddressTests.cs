using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions.Tests;

/// <summary>From where a request comes: the host says it from this machine, and everybody else can say what he likes.</summary>
public sealed class ClientAddressTests
{
    [Theory]
    [InlineData("127.0.0.1", "203.0.113.5", "", "203.0.113.5")]
    [InlineData("127.0.0.1", "203.0.113.5:51234", "", "203.0.113.5")]
    [InlineData("127.0.0.1", "192.0.2.1, 203.0.113.5:51234", "", "203.0.113.5")]
    [InlineData("127.0.0.1", "192.0.2.1, 203.0.113.5, 10.1.2.3:443", "", "10.1.2.3")]
    [InlineData("127.0.0.1", "192.0.2.1, 203.0.113.5, 10.1.2.3:443", "10.1.0.0/16", "203.0.113.5")]
    [InlineData("127.0.0.1", "192.0.2.1, 203.0.113.5, 10.1.2.3, 10.1.9.9", "2001:db8::/32, 10.1.0.0/16", "203.0.113.5")]
    [InlineData("127.0.0.1", "192.0.2.1, 203.0.113.5:51234, [fd00:a1:2::7]:443", "fd00::/8", "203.0.113.5")]
    [InlineData("127.0.0.1", "[fd00:a1:2::7]:443, 203.0.113.5:51234", "fd00::/8", "203.0.113.5")]
    [InlineData("203.0.113.5", "192.0.2.1", "", "203.0.113.5")]
    [InlineData("::ffff:203.0.113.5", null, "", "203.0.113.5")]
    [InlineData("2001:db8:1:2:3:4:5:6", null, "", "20010db800010002")]
    [InlineData("2001:db8:1:2:ffff::1", null, "", "20010db800010002")]
    public async Task An_address_is_believed_as_far_as_those_who_pass_it_on(string caller, string? said, string trusted, string address)
    {
        var http = new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Parse(caller) } };
        http.Request.Headers["X-Forwarded-For"] = said;
        await new ForwardedHeadersMiddleware(_ => Task.CompletedTask, NullLoggerFactory.Instance, Forwarded(trusted)).Invoke(http);
        Assert.Equal(address, Callers.Address(http.Request));
    }

    [Fact]
    public void A_proxy_that_is_no_network_stops_the_start() =>
        Assert.Contains(
            "'10.1.2/33'", Assert.Throws<OptionsValidationException>(() => Forwarded("10.1.0.0/16, 10.1.2/33")).Message,
            StringComparison.Ordinal);

    /// <summary>The options as the worker sets them for its host, and the product after it.</summary>
    private static IOptions<ForwardedHeadersOptions> Forwarded(string trusted)
    {
        using var services = new ServiceCollection()
            .Configure<ForwardedHeadersOptions>(options => options.ForwardedHeaders = ForwardedHeaders.All)
            .AddLaunchpad(new ConfigurationBuilder().AddInMemoryCollection([new("Site:TrustedProxies", trusted)]).Build())
            .BuildServiceProvider();
        return Options.Create(services.GetRequiredService<IOptions<ForwardedHeadersOptions>>().Value);
    }
}
