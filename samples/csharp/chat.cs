// The version is the repository's (Directory.Packages.props); elsewhere write OpenAI@2.*.
#:package OpenAI
#:property PublishAot=false

using System.ClientModel;
using OpenAI;
using OpenAI.Chat;

var gateway = new Uri(Environment.GetEnvironmentVariable("AIF_URL") ?? "http://localhost:7071");
var key = Environment.GetEnvironmentVariable("AIF_KEY") ?? throw new InvalidOperationException("AIF_KEY must hold a key of the gateway.");
var model = Environment.GetEnvironmentVariable("AIF_MODEL") ?? "simulator";
var question = args.Length > 0 ? string.Join(' ', args) : "Hello!";

var client = new ChatClient(model, new ApiKeyCredential(key), new OpenAIClientOptions { Endpoint = new Uri(gateway, "/v1") });
try
{
    await foreach (var update in client.CompleteChatStreamingAsync(question))
    {
        foreach (var part in update.ContentUpdate)
        {
            Console.Write(part.Text);
        }
    }

    Console.WriteLine();
    return 0;
}
catch (ClientResultException error)
{
    Console.Error.WriteLine($"{error.Status}: {error.Message}");
    return 1;
}
