// SPDX-License-Identifier: GPL-2.0
/*
 * A sample user of bucketmap: counts incoming IPv4 packets by source address,
 * in the map "packets", for "bucketmap top packets" to show.
 *
 * Keys are addresses as text, readable by people. Packets may come with any
 * source address, so the number of entries is limited. If an address cannot be
 * added, because of that limit or because there is no memory, its packets are
 * counted as "others".
 *
 * Root may have created the map before, with another mode or limit: then the
 * sample uses that map, and does not remove it when it is unloaded. A map of
 * that name with another owner is not used: its owner could write anything to
 * it.
 *
 * Only packets of the initial network namespace are counted. No locks: adding
 * is atomic.
 */
#include <linux/ip.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <net/net_namespace.h>

#include "bucketmap.h"

#define MAP_NAME	"packets"
#define MAP_MODE	0644	/* all users may read, only root may write */

/* A key: at most "255.255.255.255", padded with zeros. */
struct source {
	char text[16];
};

static const struct source others = { "others" };

static unsigned int max_sources = 65536;
module_param(max_sources, uint, 0444);
MODULE_PARM_DESC(max_sources, "Number of addresses to count separately; all others are counted together");

static struct bucketmap_attachment packets;
static bool made_map;

static int count(const struct source *source, gfp_t gfp)
{
	return bucketmap_add(packets.map, source, 0, 1, NULL, gfp);
}

/* Runs in softirq context and must not sleep. */
static unsigned int count_packet(void *unused, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	struct source source = {};

	snprintf(source.text, sizeof(source.text), "%pI4", &ip_hdr(skb)->saddr);
	if (count(&source, GFP_ATOMIC))
		count(&others, GFP_ATOMIC);
	return NF_ACCEPT;
}

static const struct nf_hook_ops hook = {
	.hook		= count_packet,
	.pf		= NFPROTO_IPV4,
	.hooknum	= NF_INET_PRE_ROUTING,
	.priority	= NF_IP_PRI_FIRST,
};

static int __init attach_prepared_map(void)
{
	const kuid_t root = GLOBAL_ROOT_UID;
	int err = bucketmap_attach(&packets, MAP_NAME, &root);

	if (err)
		return err;
	if (packets.key_size == sizeof(struct source) &&
	    packets.value_size == sizeof(u64))
		return 0;
	bucketmap_detach(&packets);
	return -EINVAL;
}

static int __init get_map(void)
{
	const struct bucketmap_config config = {
		.key_size	= sizeof(struct source),
		.value_size	= sizeof(u64),
		.key_format	= BUCKETMAP_FORMAT_TEXT,
		.value_format	= BUCKETMAP_FORMAT_DECIMAL,
		.max_entries	= (u64)max_sources + 1,
	};
	int err = bucketmap_create_named(&packets, MAP_NAME, MAP_MODE, &config);

	made_map = !err;
	return err == -EEXIST ? attach_prepared_map() : err;
}

/* After its name is removed, the map lives until the last process closes it. */
static void give_up_map(void)
{
	if (made_map)
		bucketmap_unlink(&packets);
	bucketmap_detach(&packets);
}

static int __init packets_init(void)
{
	int err = get_map();

	if (err)
		return err;
	/* Adding to an existing entry takes no memory, so it cannot fail. */
	err = bucketmap_add(packets.map, &others, 0, 0, NULL, GFP_KERNEL);
	if (err)
		goto err_map;
	err = nf_register_net_hook(&init_net, &hook);
	if (err)
		goto err_map;
	return 0;

err_map:
	give_up_map();
	return err;
}

static void __exit packets_exit(void)
{
	nf_unregister_net_hook(&init_net, &hook);
	/* The hook may still be running on another CPU. */
	synchronize_net();
	give_up_map();
}

module_init(packets_init);
module_exit(packets_exit);

MODULE_DESCRIPTION("Sample user of bucketmap: packets by source address");
MODULE_LICENSE("GPL");
