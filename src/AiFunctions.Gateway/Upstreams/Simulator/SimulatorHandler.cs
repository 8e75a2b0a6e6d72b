using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace AiFunctions.Gateway.Upstreams.Simulator;

/// <summary>The model that is built in: it answers in place of a network, so everything around it is the real thing.</summary>
internal sealed class SimulatorHandler(SimulatedModel model) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is null || model.At(request.RequestUri!) is not { } api)
        {
            return new HttpResponseMessage(HttpStatusCode.NotFound);
        }

        using var body = JsonDocument.Parse(await ReadAsync(request.Content, cancellationToken));
        var answer = api.Answer(body.RootElement, model.Time.GetUtcNow());
        return new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = answer.Events is { } events ? StreamContent(events) : JsonContent(answer.Json!),
        };
    }

    private static async ValueTask<ReadOnlySequence<byte>> ReadAsync(HttpContent content, CancellationToken cancellationToken) =>
        content is SequenceContent { Bytes: var bytes } ? bytes : new ReadOnlySequence<byte>(await content.ReadAsByteArrayAsync(cancellationToken));

    private static ByteArrayContent JsonContent(byte[] answer)
    {
        var content = new ByteArrayContent(answer);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private StreamContent StreamContent(IEnumerable<byte[]> events)
    {
        var pipe = new Pipe();
        _ = WriteAsync(events, pipe.Writer);
        var content = new StreamContent(pipe.Reader.AsStream());
        content.Headers.ContentType = new MediaTypeHeaderValue("text/event-stream");
        return content;
    }

    private async Task WriteAsync(IEnumerable<byte[]> events, PipeWriter writer)
    {
        Exception? fault = null;
        try
        {
            foreach (var data in events)
            {
                await writer.WriteAsync("data: "u8.ToArray());
                await writer.WriteAsync(data);
                var flushed = await writer.WriteAsync("\n\n"u8.ToArray());
                if (flushed.IsCompleted)
                {
                    break; // nobody reads on
                }

                await Task.Delay(model.WordDelay, model.Time);
            }
        }
        catch (Exception e)
        {
            fault = e;
        }

        await writer.CompleteAsync(fault);
    }
}
