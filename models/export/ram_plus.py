"""RAM++ (https://github.com/xinyu1205/recognize-anything) as ram-plus.onnx: its tagging part, up to the logits.

    pip install -r requirements.txt -r CHECKOUT/requirements.txt transformers==4.46.3
    python ram_plus.py CHECKOUT WEIGHTS [TOKENIZER]

CHECKOUT: the repository; WEIGHTS: ram_plus_swin_large_14m.pth. The labels and their thresholds lie in
CHECKOUT/ram/data, the manifest's part is in docs/model-packs.md.
"""

import sys

import torch

checkout, weights, tokenizer = (*sys.argv[1:], "bert-base-uncased")[:3]
sys.path.insert(0, checkout)
from ram.models import ram_plus, swin_transformer  # noqa: E402


def window_reverse(windows, size, height, width):
    """Its own works the batch out as a number, which a traced graph keeps for ever."""
    x = windows.view(-1, height // size, width // size, size, size, windows.shape[-1])
    return x.permute(0, 1, 3, 2, 4, 5).reshape(-1, height, width, windows.shape[-1])


class Tagger(torch.nn.Module):
    """`generate_tag` of ram_plus.py without its loop over the photos."""

    def __init__(self, ram):
        super().__init__()
        self.ram = ram

    def forward(self, image):
        ram = self.ram
        seen = ram.image_proj(ram.visual_encoder(image))
        whole = seen[:, 0, :] / seen[:, 0, :].norm(dim=-1, keepdim=True)
        # tags x descriptions x 512, used as it lies: turned round, its 480 MB would be in the file twice.
        described = ram.label_embed.view(ram.num_class, -1, 512)
        alike = described @ (ram.reweight_scale.exp() * whole).t()
        labels = (alike.transpose(1, 2).softmax(dim=2) @ described).transpose(0, 1)
        answer = ram.tagging_head(
            encoder_embeds=torch.relu(ram.wordvec_proj(labels)),
            encoder_hidden_states=seen,
            encoder_attention_mask=torch.ones_like(seen[:, :, 0], dtype=torch.long),
            return_dict=False,
            mode="tagging",
        )
        return ram.fc(answer[0]).squeeze(-1)


swin_transformer.window_reverse = window_reverse
model = Tagger(ram_plus(pretrained=weights, image_size=384, vit="swin_l", text_encoder_type=tokenizer))
torch.onnx.export(
    model.eval(),
    torch.zeros(1, 3, 384, 384),
    "ram-plus.onnx",
    opset_version=17,
    input_names=["image"],
    output_names=["logits"],
    dynamic_axes={"image": {0: "n"}, "logits": {0: "n"}},
    dynamo=False,
)
