using System.Xml;
using System.Xml.Linq;
using Azure.Core;

namespace Azure.Storage.Blobs.Wire;

/// <summary>Reads the code and message of a storage error: from the XML body, or from the header when there is no body (HEAD).</summary>
internal sealed class FailureParser : RequestFailedDetailsParser
{
    public override bool TryParse(Response response, out ResponseError error, out IDictionary<string, string> data)
    {
        data = new Dictionary<string, string>();
        var xml = Body(response);
        foreach (var detail in xml?.Elements().Where(element => element.Name.LocalName is not "Code" and not "Message") ?? [])
        {
            data[detail.Name.LocalName] = detail.Value;
        }

        var code = xml?.Element("Code")?.Value ?? (response.Headers.TryGetValue("x-ms-error-code", out var header) ? header : null);
        error = code is null ? null : new ResponseError(code, xml?.Element("Message")?.Value);
        return error is not null;
    }

    /// <summary>A proxy between us and the service may answer HTML: then there are no details, only the status.</summary>
    private static XElement Body(Response response)
    {
        if (response.ContentStream is not { CanSeek: true, Length: > 0 })
        {
            return null;
        }

        try
        {
            response.ContentStream.Position = 0;
            return XDocument.Load(response.ContentStream).Root;
        }
        catch (XmlException)
        {
            return null;
        }
    }
}
