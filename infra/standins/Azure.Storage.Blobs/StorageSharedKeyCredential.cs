using System.Security.Cryptography;
using System.Text;

namespace Azure.Storage;

/// <summary>A storage account's name and key; the key can be rotated while clients are in use.</summary>
public class StorageSharedKeyCredential
{
    private volatile byte[] _key;

    public StorageSharedKeyCredential(string accountName, string accountKey)
    {
        AccountName = accountName;
        SetAccountKey(accountKey);
    }

    public string AccountName { get; }

    public void SetAccountKey(string accountKey) => _key = Convert.FromBase64String(accountKey);

    internal string Sign(string text) => Convert.ToBase64String(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text)));
}
