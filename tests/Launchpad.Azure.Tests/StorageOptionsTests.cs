using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Launchpad.Shared.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Launchpad.Azure.Tests;

[Collection(Deployed.Name)]
public sealed class StorageOptionsTests(Deployment deployment)
{
    private const string Key = "AccountName=other;AccountKey=a2V5;EndpointSuffix=core.windows.net;DefaultEndpointsProtocol=https";

    [Theory]
    [InlineData(Key, false, false, true)]
    [InlineData("", true, true, true)]
    [InlineData("", false, false, false)]
    [InlineData("", true, false, false)]
    [InlineData("", false, true, false)]
    [InlineData(Key, true, true, false)]
    [InlineData(Key, true, false, false)]
    public void Storage_is_opened_either_by_key_or_by_identity(string key, bool tables, bool blobs, bool starts)
    {
        var complaints = ProductSettings.Complaints(Settings(key, tables, blobs));
        Assert.Equal(starts ? 0 : 1, complaints.Count);
        Assert.All(complaints, complaint => Assert.Contains(
            "Set either Storage__ConnectionString or both Storage__TableServiceUri and Storage__BlobServiceUri.", complaint, StringComparison.Ordinal));
    }

    [Fact]
    public void Both_clients_go_where_the_setting_says()
    {
        using var services = ProductSettings.Compose(ProductSettings.Configuration(Settings("", tables: true, blobs: true)));
        Assert.Equal(deployment.Resources.Settings["Storage__TableServiceUri"], $"{services.GetRequiredService<TableServiceClient>().Uri}");
        Assert.Equal(deployment.Resources.Settings["Storage__BlobServiceUri"], $"{services.GetRequiredService<BlobServiceClient>().Uri}");
        using var byKey = ProductSettings.Compose(ProductSettings.Configuration(Settings(Key, tables: false, blobs: false)));
        Assert.Equal("other", byKey.GetRequiredService<TableServiceClient>().AccountName);
        Assert.Equal("other", byKey.GetRequiredService<BlobServiceClient>().AccountName);
    }

    private Dictionary<string, string> Settings(string key, bool tables, bool blobs)
    {
        var settings = deployment.Resources.Settings
            .Where(setting => (tables || setting.Key != "Storage__TableServiceUri") && (blobs || setting.Key != "Storage__BlobServiceUri"))
            .ToDictionary();
        settings["Storage__ConnectionString"] = key;
        return settings;
    }
}
