using System.Net;
using System.Net.Http.Json;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Plans;

namespace Launchpad.Functions.Tests.Api;

/// <summary>How many bots an account may have.</summary>
[Collection(ApiCollection.Name)]
public sealed class QuotaTests(LaunchpadApi api)
{
    [Fact]
    public async Task Orders_at_once_do_not_pass_it_together()
    {
        using var owner = await api.SignedUpAsync();
        var max = new QuotaOptions().DeploymentsMax;
        var answers = await Task.WhenAll(Enumerable.Range(0, max + 10).Select(number => OrderAsync(owner, number)));
        var live = await api.Service<DeploymentStore>().CountLiveAsync(owner.Account, CancellationToken.None);
        Assert.InRange(live, 1, max);
        Assert.Equal(live, answers.Count(status => status is HttpStatusCode.Created));
        Assert.All(answers, status => Assert.True(status is HttpStatusCode.Created or HttpStatusCode.Conflict or HttpStatusCode.Forbidden, $"{status}"));
    }

    private static async Task<HttpStatusCode> OrderAsync(Owner owner, int number)
    {
        using var answer = await owner.Http.PostAsJsonAsync(new Uri("deployments", UriKind.Relative), new { name = $"Bot {number}", plan = "starter" });
        return answer.StatusCode;
    }
}
